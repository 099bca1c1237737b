// The parts of a card on /devices: details and actions.
import type { FC, PropsWithChildren } from 'hono/jsx'
import { Csrf } from './form.tsx'
import type { PageContext } from './layout.tsx'

export const Detail: FC<PropsWithChildren<{ readonly term: string }>> = ({ term, children }) =>
  children === undefined ? null : (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )

export const Actions: FC<PropsWithChildren> = ({ children }) => <div class="row">{children}</div>

interface ActProps {
  readonly page: PageContext
  readonly action: string
  readonly id: string
}

export const ActionForm: FC<PropsWithChildren<ActProps>> = ({ page, action, id, children }) => (
  <form method="post" action={`${page.basePath}/devices/${action}`}>
    <Csrf page={page} />
    <input type="hidden" name="id" value={id} />
    {children}
  </form>
)
