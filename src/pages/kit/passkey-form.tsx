// A form that asks the browser for a passkey. Hidden until passkey.js, which makes it work, has run;
// the options are on the page already, so that nothing has to be fetched.
import type { FC, PropsWithChildren } from 'hono/jsx'
import { type Errand, ErrandFields } from './errand.tsx'
import { Button, Csrf } from './form.tsx'
import type { PageContext } from './layout.tsx'

interface PasskeyFormProps {
  readonly page: PageContext
  readonly ceremony: 'get' | 'create'
  readonly options: object
  readonly action: string
  /** The page with fresh options, where these have been there for too long. */
  readonly again: string
  readonly label: string
  /** The text for a failed ceremony. */
  readonly problem: string
  readonly look?: 'ink' | 'plain'
  readonly errand?: Errand
}

export const PasskeyForm: FC<PropsWithChildren<PasskeyFormProps>> = ({
  page,
  ceremony,
  options,
  action,
  again,
  label,
  problem,
  look,
  errand,
  children,
}) => (
  <form
    method="post"
    action={action}
    data-passkey={ceremony}
    data-options={JSON.stringify(options)}
    data-again={again}
    hidden
  >
    <Csrf page={page} />
    {errand === undefined ? null : <ErrandFields errand={errand} />}
    <input type="hidden" name="credential" />
    {children}
    <p class="notice" role="alert" data-problem tabindex={-1} hidden>
      {problem}
    </p>
    <Button {...(look !== undefined && { look })}>{label}</Button>
  </form>
)

export const PasskeyScripts: FC<{ readonly page: PageContext }> = ({ page }) => (
  <>
    <script src={`${page.basePath}/device/passkey-library.js`} defer />
    <script src={`${page.basePath}/device/passkey.js`} defer />
  </>
)
