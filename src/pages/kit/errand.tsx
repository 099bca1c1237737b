// The reason for a sign-in, which leads to the page after it. Addresses and forms of the sign-in pages
// carry it, because the tabs of a browser share its cookies.
import type { FC } from 'hono/jsx'
import { displayUserCode, parseUserCode } from '../../codes.ts'
import type { UserCode } from '../../ids.ts'
import { keepCookie } from './cookies.ts'
import { KeptUserCode } from './form.tsx'
import { isForeign } from './fetch-metadata.ts'
import { type Form, type PageRequest, goTo, keptUserCode } from './page-request.ts'

// A displayed code in base64url is shorter.
const MAX_WAITING_LENGTH = 32

export interface Errand {
  /** The code of the device that waits. */
  readonly userCode?: UserCode | undefined
  /** VP-15: a word of ours and no address. */
  readonly next?: 'devices' | undefined
  /** The account is being switched: a provider must not assume the previous one. */
  readonly isSwitching?: boolean
}

/** The errand of a form or of an address; else the code that was typed or scanned last. */
export const errandIn = (context: PageRequest): Errand => {
  // A page that is only opened brings no form.
  const form: Form | undefined = context.get('form')
  const read: Form = form ?? ((name) => context.req.query(name) ?? '')
  const next = read('next')
  // A link of another site brings no code, and switches no account.
  const own: Form = (name) => (form === undefined && isForeign(context) ? '' : read(name))
  const userCode = parseUserCode(own('user_code')) ?? waitingIn(own('waiting'))
  const isSwitching = own('switch') === 'yes'
  if (userCode !== undefined) return { userCode, isSwitching }
  if (next === 'devices') return { next, isSwitching }
  return { userCode: form === undefined ? keptUserCode(context) : undefined, isSwitching }
}

/**
 * The query of an address that goes on with the errand. Browsers show the addresses of links, and a
 * person may be asked to read the code off the device, so it is not readable here.
 */
export const errandQuery = ({ userCode, ...rest }: Errand): string => {
  const fields = [
    ...(userCode === undefined
      ? []
      : [['waiting', Buffer.from(displayUserCode(userCode)).toString('base64url')]]),
    ...fieldsOf(rest),
  ]
  return fields.length === 0 ? '' : `?${new URLSearchParams(fields).toString()}`
}

const waitingIn = (text: string): UserCode | undefined =>
  parseUserCode(Buffer.from(text.slice(0, MAX_WAITING_LENGTH), 'base64url').toString())

/** The code in the address of the page, whichever page led there. */
export const codeInAddress = (context: PageRequest): UserCode | undefined =>
  waitingIn(context.req.query('waiting') ?? '')

/**
 * The question's address. The code stays in it until it is answered, so that a reload and another
 * browser ("Open in Safari") keep it. It is no secret, and no address of ours is sent as a referrer.
 */
export const confirmPath = (userCode: UserCode): string =>
  `/device/confirm${errandQuery({ userCode })}`

/** The errand in a form. */
export const ErrandFields: FC<{ readonly errand: Errand }> = ({
  errand: { userCode, ...rest },
}) => (
  <>
    <KeptUserCode userCode={userCode} />
    {fieldsOf(rest).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
  </>
)

const fieldsOf = ({ next, isSwitching }: Omit<Errand, 'userCode'>): [string, string][] => {
  const fields: [string, string, boolean][] = [
    ['next', next ?? '', next !== undefined],
    ['switch', 'yes', isSwitching === true],
  ]
  return fields.flatMap(([name, value, isSet]) => (isSet ? [[name, value]] : []))
}

/** To the page after the sign-in. */
export const goOn = (context: PageRequest, { userCode, next }: Errand): Response => {
  if (userCode !== undefined) {
    keepCookie(context, 'user_code', userCode)
    return goTo(context, confirmPath(userCode))
  }
  return goTo(context, next === 'devices' ? '/devices' : '/device')
}
