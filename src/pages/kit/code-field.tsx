// The field for a user code: a screen with a line for each group of characters to write on.
import type { FC } from 'hono/jsx'
import { type ShownCharset, formsOf } from '../../codes.ts'
import { Field } from './form.tsx'
import { Screen, type PageContext } from './layout.tsx'

interface CodeFieldProps {
  readonly page: PageContext
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly charset: ShownCharset
  readonly error?: string | undefined
  /** The earlier input. */
  readonly value?: string | undefined
  readonly isOptional?: boolean
  readonly autofocus: boolean
}

export const CodeField: FC<CodeFieldProps> = ({ charset, ...field }) => (
  <>
    <Field
      {...field}
      frame={Screen}
      class={charset === 'letters' ? 'code' : `code ${charset}`}
      inputmode={charset === 'digits' ? 'numeric' : 'text'}
      autocomplete="off"
      autocapitalize="characters"
    />
    <script
      src={`${field.page.basePath}/device/code-field.js`}
      data-forms={JSON.stringify(formsOf(charset), ['charset', 'length', 'groupLength'])}
      defer
    />
  </>
)
