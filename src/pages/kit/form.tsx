// The form kit of the pages: a field that explains itself, the form token, a notice, a button.
import { displayUserCode } from '../../codes.ts'
import type { UserCode } from '../../ids.ts'
import type { FC, JSX, PropsWithChildren } from 'hono/jsx'
import type { Messages } from '../../language/language.ts'
import type { PageContext } from './layout.tsx'

type InputAttributes = Pick<
  JSX.IntrinsicElements['input'],
  | 'autocapitalize'
  | 'autocomplete'
  | 'autofocus'
  | 'class'
  | 'inputmode'
  | 'maxlength'
  | 'readonly'
  | 'type'
>

interface FieldProps extends InputAttributes {
  readonly page: PageContext
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  /** The earlier input, without passwords. */
  readonly value?: string | undefined
  /** The id of a notice that speaks about this field and others with it. */
  readonly noticeId?: string | undefined
  /** True if the field may stay empty. */
  readonly isOptional?: boolean
  /** The frame around the input. */
  readonly frame?: FC<PropsWithChildren>
}

const Plain: FC<PropsWithChildren> = ({ children }) => <div class="control">{children}</div>

export const Field: FC<FieldProps> = ({
  page,
  name,
  label,
  hint,
  error,
  noticeId,
  frame: Frame = Plain,
  value,
  isOptional = false,
  ...attributes
}) => {
  const hintId = hint === undefined ? undefined : `${name}-hint`
  const errorId = error === undefined ? undefined : `${name}-error`
  const describedBy = [errorId, noticeId, hintId].filter((id) => id !== undefined)
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint === undefined ? null : (
        <p class="quiet" id={hintId}>
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p class="error" id={errorId}>
          {error}
        </p>
      )}
      <Frame>
        <input
          {...attributes}
          value={value?.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '')}
          id={name}
          name={name}
          required={!isOptional}
          spellcheck={false}
          autocorrect="off"
          autocapitalize={attributes.autocapitalize ?? 'none'}
          aria-invalid={error === undefined && noticeId === undefined ? undefined : 'true'}
          aria-describedby={describedBy.length === 0 ? undefined : describedBy.join(' ')}
        />
        {attributes.type === 'password' ? <Reveal page={page} inputId={name} /> : null}
      </Frame>
    </div>
  )
}

/** Hidden until show-password.js, which makes it work, has run. */
const Reveal: FC<{ readonly page: PageContext; readonly inputId: string }> = ({
  page,
  inputId,
}) => {
  const { show, hide } = page.language.messages.form
  return (
    <button type="button" class="plain" data-reveals={inputId} hidden>
      <span>
        <PartlySeen {...show} />
      </span>
      <span hidden>
        <PartlySeen {...hide} />
      </span>
    </button>
  )
}

const PartlySeen: FC<Messages['form']['show']> = ({ before, visible, after }) => (
  <>
    {before === '' ? null : <span class="unseen">{before}</span>} {visible}{' '}
    {after === '' ? null : <span class="unseen">{after}</span>}
  </>
)

export const ShowPasswordScript: FC<{ readonly page: PageContext }> = ({ page }) => (
  <script src={`${page.basePath}/device/show-password.js`} defer />
)

export const Csrf: FC<{ readonly page: PageContext }> = ({ page }) => (
  <input type="hidden" name="csrf" value={page.csrf} />
)

/** Carries a code the person already gave, so that no page asks for it twice (VP-22). */
export const KeptUserCode: FC<{ readonly userCode: UserCode | undefined }> = ({ userCode }) =>
  userCode === undefined ? null : (
    <input type="hidden" name="user_code" value={displayUserCode(userCode)} />
  )

interface CheckboxProps {
  readonly name: string
  readonly label: string
  readonly checked?: boolean
  readonly error?: string | undefined
}

export const Checkbox: FC<CheckboxProps> = ({ name, label, checked = false, error }) => {
  const errorId = error === undefined ? undefined : `${name}-error`
  return (
    <div class="field">
      {error === undefined ? null : (
        <p class="error" id={errorId}>
          {error}
        </p>
      )}
      <label class="check">
        <input
          type="checkbox"
          name={name}
          value="yes"
          checked={checked}
          aria-invalid={error === undefined ? undefined : 'true'}
          aria-describedby={errorId}
        />
        {label}
      </label>
    </div>
  )
}

interface NoticeProps {
  /** `status` asks for attention; `done` says that a change was made. */
  readonly kind: 'problem' | 'status' | 'done'
  readonly id?: string
  /** Until a script has reason to show it. */
  readonly hidden?: boolean
}

export const Notice: FC<PropsWithChildren<NoticeProps>> = ({ kind, id, hidden, children }) => (
  <p
    class={kind === 'done' ? 'notice done' : 'notice'}
    role={kind === 'problem' ? 'alert' : 'status'}
    id={id}
    hidden={hidden}
    tabindex={hidden === true ? -1 : undefined}
  >
    {children}
  </p>
)

interface ButtonProps {
  /** `ink` is as loud as the accent; `plain` and `bare` are for what is beside the point. */
  readonly look?: 'ink' | 'plain' | 'bare'
  /** The label for screen readers, which read a button without its surroundings. */
  readonly 'aria-label'?: string
  readonly name?: string
  readonly value?: string
}

export const Button: FC<PropsWithChildren<ButtonProps>> = ({ look, children, ...attributes }) => (
  <button type="submit" class={look} {...attributes}>
    {children}
  </button>
)
