// A television in a browser: an ordinary device client (RFC 8628 §3.1–§3.5). It has no private access:
// assets/demo/tv.js calls the public endpoints.
import { Hono } from 'hono'
import { html } from 'hono/html'
import { DEMO } from './client.ts'
import { pageHeaders } from './page-headers.ts'

const DEMO_CLIENT_ID = DEMO.client.client_id
const DEMO_SCOPE = DEMO.client.scope
const DEMO_DEVICE_NAME = 'Living-room TV (demo)'

interface TelevisionOptions {
  brandName: string
  basePath: string
  /** The app can be opened instead of the page. */
  hasApp: boolean
  /** Push prompts are on for people that the television names. */
  asksByPush: boolean
}

export const television = (options: TelevisionOptions): Hono => {
  const app = new Hono()
  app.get('/tv', (c) =>
    c.html(html`<!doctype html>${(<TelevisionPage {...options} />)}`, 200, pageHeaders()),
  )
  return app
}

const TelevisionPage = ({ brandName, basePath, hasApp, asksByPush }: TelevisionOptions) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="dark" />
      <title>{`Connect this TV · ${brandName}`}</title>
      <link rel="stylesheet" href={`${basePath}/tv.css`} />
      <link rel="icon" type="image/svg+xml" href={`${basePath}/device/icon.svg`} />
      <script src={`${basePath}/tv.js`} defer></script>
    </head>
    <body
      data-screen="code"
      data-base-path={basePath}
      data-client-id={DEMO_CLIENT_ID}
      data-scope={DEMO_SCOPE}
      data-device-name={DEMO_DEVICE_NAME}
      data-brand-name={brandName}
    >
      <header class="top">
        <p class="brand">{brandName}</p>
        <NoPhone hasApp={hasApp} />
      </header>
      <noscript>
        <p class="noscript">This television needs JavaScript to get a code.</p>
      </noscript>
      <main>
        <CodeScreen asksByPush={asksByPush} />
        <DeclinedScreen />
        <ErrorScreen />
        <GreetingScreen brandName={brandName} />
      </main>
      <p id="announcement" class="announcement" role="status"></p>
    </body>
  </html>
)

// For a trial on one computer; a real television has no such links.
const NoPhone = ({ hasApp }: Pick<TelevisionOptions, 'hasApp'>) => (
  <p id="no-phone" class="no-phone" hidden>
    No phone at hand? Open{' '}
    <a id="as-page" target="_blank" rel="noopener">
      the page
    </a>
    {hasApp ? (
      <>
        {' '}
        or{' '}
        <a id="as-app" target="_blank" rel="noopener">
          the app
        </a>
      </>
    ) : null}{' '}
    here.
  </p>
)

const CodeScreen = ({ asksByPush }: Pick<TelevisionOptions, 'asksByPush'>) => (
  <section id="code-screen" class="code-screen has-qr is-busy" aria-labelledby="code-title">
    <div class="offer">
      <div class="instructions">
        <h1 id="code-title">Sign in with your phone</h1>
        <ol class="steps">
          <li>
            <span class="with-qr">Scan the QR code, or open</span>
            <span class="without-qr">On your phone or computer, open</span>
            <strong id="address" class="address">
              {'\u00a0'}
            </strong>
          </li>
          <li>
            <span class="with-qr">Enter or confirm this code</span>
            <span class="without-qr">Enter this code</span>
            <strong
              id="user-code"
              class="user-code"
              role="img"
              aria-label="Getting a code"
            ></strong>
          </li>
          <li>Choose Allow, and this TV signs in by itself</li>
        </ol>
      </div>
      <div class="qr with-qr">
        <img id="qr" class="qr-picture" alt="" />
      </div>
    </div>
    <div class="progress">
      <p class="status">
        <span id="status">Getting a code…</span>
        <span class="time-left">
          <span id="time-left" role="timer" aria-live="off"></span>
        </span>
      </p>
      {asksByPush ? (
        <p id="asked" class="detail asked" hidden>
          You may be asked on your other devices.
        </p>
      ) : null}
      <button type="button" class="button">
        New code
      </button>
    </div>
  </section>
)

const DeclinedScreen = () => (
  <section id="denied-screen" class="message-screen" aria-labelledby="denied-title" hidden>
    <h1 id="denied-title">Not connected</h1>
    <p class="lead">
      The request was declined, so nothing was shared with this TV. If that was a mistake, try
      again.
    </p>
    <button type="button" class="button">
      Try again
    </button>
  </section>
)

const ErrorScreen = () => (
  <section id="error-screen" class="message-screen" aria-labelledby="error-title" hidden>
    <h1 id="error-title">This TV can’t sign in yet</h1>
    <p id="error-text" class="lead"></p>
    <p id="error-detail" class="detail"></p>
    <button type="button" class="button">
      Try again
    </button>
  </section>
)

const GreetingScreen = ({ brandName }: { brandName: string }) => (
  <section id="greeting-screen" class="greeting-screen" aria-labelledby="greeting" hidden>
    <div class="welcome">
      <svg class="tick" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22" />
        <path d="M14.5 24.5l6.5 6.5 12.5-13.5" />
      </svg>
      <div class="welcome-words">
        <h1 id="greeting" class="greeting">
          Welcome
        </h1>
        <p class="lead">This TV is connected to {brandName}.</p>
      </div>
    </div>
    <div class="library">
      <h2 class="library-title">In your library</h2>
      <ul id="posters" class="posters"></ul>
      <p id="library-note" class="library-note"></p>
    </div>
    <div class="connection">
      <dl class="facts">
        <div>
          <dt>It may use</dt>
          <dd>
            <ul id="scopes" class="scopes"></ul>
          </dd>
        </div>
        <div id="lifetime-fact">
          <dt>Its access token is valid for</dt>
          <dd id="lifetime"></dd>
        </div>
      </dl>
      <div class="sign-out">
        <p class="detail">Ends this TV’s access. You can sign in again.</p>
        <button type="button" class="button">
          Sign out
        </button>
      </div>
    </div>
  </section>
)
