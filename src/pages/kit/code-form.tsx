// The form that takes a code, where it was not scanned.
import type { FC } from 'hono/jsx'
import { displayUserCode } from '../../codes.ts'
import type { UserCode } from '../../ids.ts'
import { CodeField } from './code-field.tsx'
import { Button, Csrf } from './form.tsx'
import type { PageContext } from './layout.tsx'

interface CodeFormProps {
  readonly page: PageContext
  /** The rejected input. */
  readonly typed?: string | undefined
  readonly problem?: string | undefined
  /** A code that a foreign page linked to: carried, so that one tap goes on, and not shown. */
  readonly linkedCode?: UserCode | undefined
  /** The query of the form's address. */
  readonly query?: string
  readonly autofocus?: boolean
}

export const CodeForm: FC<CodeFormProps> = ({
  page,
  typed,
  problem,
  linkedCode,
  query = '',
  autofocus = false,
}) => {
  const copy = page.language.messages.enterCode
  return (
    <form method="post" action={`${page.basePath}/device${query}`} novalidate>
      <Csrf page={page} />
      {linkedCode === undefined ? null : (
        <input type="hidden" name="linked_code" value={displayUserCode(linkedCode)} />
      )}
      <CodeField
        page={page}
        name="user_code"
        label={copy.label}
        hint={copy.hint[page.userCodeCharset]}
        charset={page.userCodeCharset}
        error={problem}
        isOptional={linkedCode !== undefined}
        value={typed}
        autofocus={autofocus}
      />
      <Button>{copy.submit}</Button>
    </form>
  )
}
