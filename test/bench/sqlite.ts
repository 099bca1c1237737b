// One SQLite file that loses nothing: what a peer writes is on disk before it answers, as with ours.
import { DatabaseSync } from 'node:sqlite'

export const openDatabase = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  return database
}
