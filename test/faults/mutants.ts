// Shows that the judge would see a fault: breaks the server in one place after the other, signs in
// on each until a promise is seen broken, and ends with 1 if one is not. `--only word` for some.
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeDirectory } from '../bench/servers.ts'
import { type Modules, buildBundle } from '../bench/workerd.ts'
import { CLIENTS, Campaign, STORMY } from './campaign.ts'
import { type Plan, hasty, late } from './plan.ts'
import { Random } from './random.ts'
import { ShakenServer } from './shaken-server.ts'
import { ROUGH, type Shaking, shake } from './shaking.ts'
import { now } from './wire.ts'

const root = new URL('../..', import.meta.url).pathname
const SEED = 7
const PEOPLE = 8
const LONGEST_MS = 90_000

interface Mutant {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly shaking?: Shaking
  /** Settings under which the fault shows. */
  readonly plan?: Partial<Plan>
  /** It shows only to late requests. */
  readonly isLate?: boolean
}

const FULL_DISKS: Shaking = { mostMs: 2000, weights: { kills: 0, terms: 0, 'full disks': 1 } }

const OBJECT = 'objects/device-authorization/device-authorization.ts'
const STATE = 'objects/device-authorization/state.ts'
const ACCOUNT = 'objects/account/account-devices.ts'
const GRANTS = 'objects/account/grants.ts'
const GRANT_STATE = 'objects/account/grant-state.ts'
const CHAIN = 'objects/account/refresh-chain.ts'

/** Saves, but only some time after it has answered. */
const later = (save: string) => `new Promise<void>((resolve) => {
  setTimeout(() => void ${save}, 1500)
  resolve()
})`

const MUTANTS: readonly Mutant[] = [
  {
    name: 'a decision is answered before it is saved',
    file: OBJECT,
    from: 'const saved = this.#save(state)',
    to: `const saved = ${later('this.#save(state)')}`,
  },
  {
    name: 'a held poll is told of a decision that is not saved',
    file: OBJECT,
    from: 'await saved\n',
    to: `if (state.status !== 'pending') await ${later('undefined')}; await saved.then(() => this.#save(before))\n`,
  },
  {
    name: 'a redemption is not saved',
    file: OBJECT,
    from: 'if (state !== before) await this.#save(state)\n    return outcome',
    to: 'return outcome',
  },
  {
    name: 'a redemption is saved after the answer',
    file: OBJECT,
    from: 'if (state !== before) await this.#save(state)\n    return outcome',
    to: `if (state !== before) await ${later('this.#save(state)')}\n    return outcome`,
  },
  {
    name: 'a denial loses against a later approval',
    file: STATE,
    from: "): { state: AuthorizationState; outcome: DecisionOutcome } =>\n  isReviewable(state, now)\n    ? decided({ status: 'approved'",
    to: "): { state: AuthorizationState; outcome: DecisionOutcome } =>\n  isReviewable(state, now) || state.status === 'denied'\n    ? decided({ status: 'approved'",
    plan: { decision: 'both' },
  },
  {
    name: 'a record is cleared away too early',
    file: OBJECT,
    from: 'this.ctx.storage.setAlarm(retainedUntilMs(request))',
    to: 'this.ctx.storage.setAlarm(Date.now() + 4000)',
  },
  {
    name: 'a code that was redeemed can be redeemed anew',
    file: STATE,
    from: "return { outcome: isRepeat(state, poller, now) ? 'redeemable' : 'invalid' }",
    to: "return { outcome: 'redeemable' }",
    isLate: true,
  },
  {
    name: 'an expired code can be allowed',
    file: STATE,
    from: 'now >= request.expiresAtMs',
    to: 'now >= request.expiresAtMs + 600_000',
    isLate: true,
  },
  {
    name: 'a redemption whose answer was lost cannot be repeated',
    file: STATE,
    from: "return { outcome: isRepeat(state, poller, now) ? 'redeemable' : 'invalid' }",
    to: "return { outcome: 'invalid' }",
  },
  {
    name: 'each redemption has a grant of its own',
    file: 'oauth/grants/device-code.ts',
    from: 'const { subject, grantId, authTimeMs, amr, allowance, approvingGrantId } = approval\n',
    to: 'const { subject, authTimeMs, amr, allowance, approvingGrantId } = approval\n  const grantId = approval.grantId.slice(0, -4) + String(Math.random()).slice(2, 6)\n',
  },
  {
    name: 'the grant is saved after the answer',
    file: GRANTS,
    from: 'await this.#save(grantId, grant)\n    await this.tidyUp(now)',
    to: `await ${later('this.#save(grantId, grant)')}\n    await this.tidyUp(now)`,
  },
  {
    name: 'a redemption has another access token each time',
    file: 'oauth/token-response.ts',
    from: 'grant.redeemedAtMs === undefined',
    to: 'true',
  },
  {
    name: 'a redemption has another refresh token each time',
    file: 'tokens/refresh-token.ts',
    from: 'const redemption = `',
    to: 'const redemption = `${Math.random()} ',
  },
  {
    name: 'a rotation is saved after the answer',
    file: GRANTS,
    from: "if ('grant' in refreshed && refreshed.grant !== grant)\n      await this.#save(grantId, refreshed.grant)",
    to: `if ('grant' in refreshed && refreshed.grant !== grant) await ${later('this.#save(grantId, refreshed.grant)')}`,
  },
  {
    name: 'a refresh token leads to another one each time',
    file: 'tokens/refresh-token.ts',
    from: 'const after = `',
    to: 'const after = `${Math.random()} ',
  },
  {
    name: 'a refresh whose answer was lost cannot be repeated',
    file: CHAIN,
    from: 'previousHash: secretHash',
    to: 'previousHash: undefined',
  },
  {
    name: 'a spent refresh token leads nowhere at once',
    file: CHAIN,
    from: 'now <= token.spentAtMs + CATCH_UP_MS',
    to: 'false',
  },
  {
    name: 'a spent refresh token leads on for ever',
    file: CHAIN,
    from: 'now <= token.spentAtMs + CATCH_UP_MS',
    to: 'true',
    isLate: true,
  },
  {
    name: 'a replay does not end the grant',
    file: GRANTS,
    from: "if (refreshed.outcome === 'replayed') await this.#saveEnded(grantId, end(grant, now), now)",
    to: '',
    isLate: true,
  },
  {
    name: 'a revocation is saved after the answer',
    file: GRANTS,
    from: "await this.#saveEnded(grantId, end(grant, now), now)\n    return 'revoked'",
    to: `await ${later('this.#saveEnded(grantId, end(grant, now), now)')}\n    return 'revoked'`,
  },
  {
    name: 'a removed device lives on',
    file: ACCOUNT,
    from: 'const clientIds = await this.parts.grants.end(grantId, now)',
    to: 'const clientIds = new Set<string>()',
  },
  {
    name: 'what was removed can be redeemed again',
    file: GRANT_STATE,
    from: 'isSame && known.usedAtMs === undefined ? known : undefined',
    to: '{ ...known, endedAtMs: undefined, refresh: known.refresh ?? (refreshToken && { current: refreshToken, previousHash: undefined, issuedAtMs: now }) }',
  },
  {
    name: 'keys do not survive a restart',
    file: 'objects/keyring/keyring.ts',
    from: 'this.ctx.storage.put(RECORD, keys)',
    to: 'Promise.resolve()',
  },
  {
    name: 'a storage that fails is a 500',
    file: 'http/errors.ts',
    from: 'return error instanceof ObjectUnavailable',
    to: 'return error === undefined',
    shaking: FULL_DISKS,
  },
  {
    name: 'a storage that fails is an invalid_grant',
    file: 'oauth/grants/refresh-token.ts',
    from: "  })\n  if (refreshed === undefined || !('grant' in refreshed))",
    to: "  }).catch(() => undefined)\n  if (refreshed === undefined || !('grant' in refreshed))",
    shaking: FULL_DISKS,
  },
]

const build = async ({ file, from, to }: Mutant, directory: string): Promise<Modules> => {
  for (const name of ['src', 'wrangler.toml', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(directory, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  const path = join(directory, 'src', file)
  const before = await readFile(path, 'utf8')
  if (!before.includes(from)) throw new Error(`${file} has no “${from}” any more`)
  await writeFile(
    path,
    before.replace(from, () => to),
  )
  return buildBundle(join(directory, 'dist'), directory)
}

/** Which promise was seen broken, and how soon. */
const hunt = async (mutant: Mutant): Promise<string | undefined> => {
  const directory = await makeDirectory('disk')
  const storage = join(directory, 'storage')
  await mkdir(storage)
  const server = await ShakenServer.start(await build(mutant, directory), { CLIENTS }, storage)
  const campaign = new Campaign(server, SEED, STORMY)
  await campaign.invitePeople(PEOPLE)
  const beganAtMs = now()
  let isOver = false
  const { shaking = ROUGH } = mutant
  const shaken = shake(server, new Random(SEED), shaking, campaign, () => !isOver)
  const plan = (random: Random) => ({ ...hasty(random), ...mutant.plan })
  const lanes = [
    { count: 40, plan, untilMs: beganAtMs + LONGEST_MS },
    ...(mutant.isLate === true ? [{ count: 30, plan: late, untilMs: 0 }] : []),
  ]
  await campaign.run(lanes, { stopsWhenBroken: true })
  isOver = true
  await shaken
  await server.stop()
  await rm(directory, { recursive: true, force: true })
  const [first] = campaign.report.violations
  const flows = campaign.report.counts.get('flows') ?? 0
  return first && `${first.promise} (${((now() - beganAtMs) / 1000).toFixed(0)} s, ${flows} flows)`
}

// The server ends when this process exits, which a signal alone would not cause.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
for (const mutant of MUTANTS.filter(({ name }) => name.includes(values.only))) {
  const broken = await hunt(mutant)
  if (broken === undefined) process.exitCode = 1
  console.info(`${broken === undefined ? 'NOT SEEN' : 'seen'}  ${mutant.name}: ${broken ?? ''}`)
}
