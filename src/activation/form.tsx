// The form kit of the pages: a field that explains itself, the form token, a notice, a button.
import type { FC, JSX, PropsWithChildren } from 'hono/jsx'
import type { PageContext } from './layout.tsx'

const copy = { show: 'Show', hide: 'Hide', password: 'password' }

type InputAttributes = Pick<
  JSX.IntrinsicElements['input'],
  | 'autocapitalize'
  | 'autocomplete'
  | 'autofocus'
  | 'class'
  | 'inputmode'
  | 'readonly'
  | 'type'
  | 'value'
>

interface FieldProps extends InputAttributes {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  /** The id of a notice that speaks about this field and others with it. */
  readonly noticeId?: string | undefined
  /** What the input is drawn into. */
  readonly frame?: FC<PropsWithChildren>
}

const Plain: FC<PropsWithChildren> = ({ children }) => <div class="control">{children}</div>

export const Field: FC<FieldProps> = ({
  name,
  label,
  hint,
  error,
  noticeId,
  frame: Frame = Plain,
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
          id={name}
          name={name}
          required
          spellcheck={false}
          autocapitalize={attributes.autocapitalize ?? 'none'}
          aria-invalid={error === undefined && noticeId === undefined ? undefined : 'true'}
          aria-describedby={describedBy.length === 0 ? undefined : describedBy.join(' ')}
        />
        {attributes.type === 'password' ? <Reveal inputId={name} /> : null}
      </Frame>
    </div>
  )
}

/** Hidden until show-password.js, which makes it work, has run. */
const Reveal: FC<{ readonly inputId: string }> = ({ inputId }) => (
  <button type="button" class="plain" data-reveals={inputId} hidden>
    <span>
      {copy.show} <span class="unseen">{copy.password}</span>
    </span>
    <span hidden>
      {copy.hide} <span class="unseen">{copy.password}</span>
    </span>
  </button>
)

export const ShowPasswordScript: FC<{ readonly page: PageContext }> = ({ page }) => (
  <script src={`${page.basePath}/device/show-password.js`} defer />
)

export const Csrf: FC<{ readonly page: PageContext }> = ({ page }) => (
  <input type="hidden" name="csrf" value={page.csrf} />
)

/** Carries a code the person already gave, so that no page asks for it twice (VP-22). */
export const KeptUserCode: FC<{ readonly userCode: string | undefined }> = ({ userCode }) =>
  userCode === undefined ? null : <input type="hidden" name="user_code" value={userCode} />

interface NoticeProps {
  readonly kind: 'problem' | 'status'
  readonly id?: string
}

export const Notice: FC<PropsWithChildren<NoticeProps>> = ({ kind, id, children }) => (
  <p class="notice" role={kind === 'problem' ? 'alert' : 'status'} id={id}>
    {children}
  </p>
)

interface ButtonProps {
  /** `ink` is as loud as the accent; `plain` is for what is beside the point of the page. */
  readonly look?: 'ink' | 'plain'
  readonly name?: string
  readonly value?: string
}

export const Button: FC<PropsWithChildren<ButtonProps>> = ({ look, children, ...attributes }) => (
  <button type="submit" class={look} {...attributes}>
    {children}
  </button>
)
