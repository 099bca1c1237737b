// Asks once before something that cannot be undone. Works without a script.
import type { FC } from 'hono/jsx'
import { Button, Csrf } from './form.tsx'
import { Layout, type PageContext } from './layout.tsx'

interface SurePageProps {
  readonly page: PageContext
  readonly title: string
  readonly text: string
  /** The address that takes the form again, and its fields. */
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  readonly yes: string
  /** The page that changes nothing. */
  readonly back: string
}

export const SurePage: FC<SurePageProps> = ({ page, title, text, action, fields, yes, back }) => (
  <Layout page={page} title={title}>
    <h1>{title}</h1>
    <p>{text}</p>
    <form method="post" action={`${page.basePath}${action}`}>
      <Csrf page={page} />
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <Button look="ink" name="sure" value="yes">
        {yes}
      </Button>
    </form>
    <a class="button plain" href={`${page.basePath}${back}`}>
      {page.language.messages.sure.back}
    </a>
  </Layout>
)
