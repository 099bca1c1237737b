// A small SQLite adapter for oidc-provider: one table, every write on disk before it is answered.
import { openDatabase } from './sqlite.ts'

type Payload = Readonly<Record<string, unknown>>

const SECOND = 1000

/** A factory of adapters, one per model, on one file. */
export const sqliteAdapter = (file: string) => {
  const database = openDatabase(file)
  database.exec(`
    CREATE TABLE models (
      id TEXT PRIMARY KEY, payload TEXT NOT NULL, expires_at INTEGER,
      uid TEXT, user_code TEXT, grant_id TEXT, consumed_at INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX uids ON models (uid) WHERE uid IS NOT NULL;
    CREATE INDEX user_codes ON models (user_code) WHERE user_code IS NOT NULL;
    CREATE INDEX grant_ids ON models (grant_id) WHERE grant_id IS NOT NULL;
  `)
  const put = database.prepare('INSERT OR REPLACE INTO models VALUES (?, ?, ?, ?, ?, ?, NULL)')
  const columns = 'SELECT payload, expires_at, consumed_at FROM models WHERE'
  const byId = database.prepare(`${columns} id = ?`)
  const byUid = database.prepare(`${columns} uid = ?`)
  const byUserCode = database.prepare(`${columns} user_code = ?`)
  const consume = database.prepare('UPDATE models SET consumed_at = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM models WHERE id = ?')
  const removeGrant = database.prepare('DELETE FROM models WHERE grant_id = ?')

  return (model: string) => ({
    upsert: async (id: string, payload: Payload, expiresInSeconds?: number) => {
      const expiresAt =
        expiresInSeconds === undefined ? null : Date.now() + expiresInSeconds * SECOND
      // The uid of an interaction is that of its session, which is looked up by it.
      const uid = model === 'Session' ? textOf(payload['uid']) : null
      const [userCode, grantId] = [textOf(payload['userCode']), textOf(payload['grantId'])]
      put.run(`${model}:${id}`, JSON.stringify(payload), expiresAt, uid, userCode, grantId)
    },
    find: async (id: string) => read(byId.get(`${model}:${id}`)),
    findByUid: async (uid: string) => read(byUid.get(uid)),
    findByUserCode: async (userCode: string) => read(byUserCode.get(userCode)),
    consume: async (id: string) =>
      void consume.run(Math.floor(Date.now() / SECOND), `${model}:${id}`),
    destroy: async (id: string) => void remove.run(`${model}:${id}`),
    revokeByGrantId: async (grantId: string) => void removeGrant.run(grantId),
  })
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const read = (row: Record<string, unknown> | undefined): Payload | undefined => {
  if (row === undefined) return undefined
  const expiresAt = row['expires_at']
  if (typeof expiresAt === 'number' && expiresAt < Date.now()) return undefined
  const payload = JSON.parse(String(row['payload'])) as Payload
  return row['consumed_at'] === null ? payload : { ...payload, consumed: row['consumed_at'] }
}
