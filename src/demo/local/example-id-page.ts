// The pages of Example ID: the sign-in form, and the page for an expired sign-in.
import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'

/** The longest name that the form accepts. */
export const NAME_LENGTH = 60

const STYLE = `
:root { color-scheme: light dark; --page: #eef4f1; --card: #fff; --ink: #12211c; --quiet: #55645e;
  --line: #7a8a83; --fill: #0f6b4f; --on-fill: #fff }
@media (prefers-color-scheme: dark) {
  :root { --page: #0b1411; --card: #13201b; --ink: #e8f1ed; --quiet: #a3b3ac; --line: #74857d;
    --fill: #6fd6b0; --on-fill: #06231a }
}
* { box-sizing: border-box }
body { display: grid; align-content: center; justify-content: center; min-height: 100vh;
  min-height: 100svh; margin: 0; padding: 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif }
main { width: min(24rem, calc(100vw - 2rem)); padding: 2rem 1.5rem; border-radius: 1.25rem;
  background: var(--card); box-shadow: 0 1rem 3rem rgb(0 0 0 / 0.08) }
.mark { display: flex; align-items: center; gap: 0.6rem; margin: 0 0 1.75rem; color: var(--fill);
  font-weight: 700 }
.mark::before { width: 1.5rem; height: 1.5rem; border: 0.4rem solid; border-radius: 0.55rem;
  content: '' }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; letter-spacing: -0.02em }
p { margin: 0.4rem 0 1.5rem; color: var(--quiet) }
form { display: grid; gap: 1rem }
label { display: grid; gap: 0.3rem; font-weight: 600 }
input, button { width: 100%; min-height: 3rem; border: 1px solid var(--line); border-radius: 0.75rem;
  background: none; color: inherit; font: inherit }
input { padding: 0 0.9rem; font-weight: 400 }
button { border-color: var(--fill); background: var(--fill); color: var(--on-fill);
  font-weight: 600; cursor: pointer }
button[name] { border-color: transparent; background: none; color: var(--ink) }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }
.note { margin: 0; font-size: 0.875rem }
`

export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  // No form-action: browsers would apply it to the redirect back to the app.
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
}

const page = async (title: string, content: unknown): Promise<string> =>
  (
    await html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · Example ID</title>
          ${raw(`<style>${STYLE}</style>`)}
        </head>
        <body>
          <main>
            <div class="mark">Example ID</div>
            <h1>${title}</h1>
            ${content}
          </main>
        </body>
      </html>`
  ).toString()

/** The sign-in form, on the way to `client`. */
export const signInPage = (client: string): Promise<string> =>
  page(
    'Sign in',
    html`<p>to continue to ${client}</p>
      <form method="post">
        <label>
          Name
          <input
            name="name"
            autocomplete="username"
            maxlength="${NAME_LENGTH}"
            required
            autofocus
          />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <button>Sign in</button>
        <button name="cancel" value="yes" formnovalidate>Cancel</button>
        <p class="note">
          Part of the demo, on this computer only: any name and password work, and the same name is
          the same person.
        </p>
      </form>`,
  )

/** The page for an unknown or expired sign-in. */
export const startAgainPage = (): Promise<string> =>
  page('Start again', html`<p>This sign-in has ended. Go back to where you came from.</p>`)
