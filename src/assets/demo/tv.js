// The demo television's remote-controlled screen: requests a code, waits, greets (RFC 8628 §3), shows the
// library of an API, and stays signed in (RFC 6749 §6).
// ES5 and XMLHttpRequest on purpose: televisions of 2019 run Chromium 63 or Safari 11.
/**
 * @typedef {import('./television.d.ts').CodeAnswer} CodeAnswer
 * @typedef {import('./television.d.ts').CodeFlow} CodeFlow
 * @typedef {import('./television.d.ts').CurrentFlow} CurrentFlow
 * @typedef {import('./television.d.ts').Flow} Flow
 * @typedef {import('./television.d.ts').Item} Item
 * @typedef {import('./television.d.ts').PartingFlow} PartingFlow
 * @typedef {import('./television.d.ts').Person} Person
 * @typedef {import('./television.d.ts').Problem} Problem
 * @typedef {import('./television.d.ts').Reply} Reply
 * @typedef {import('./television.d.ts').SignedInFlow} SignedInFlow
 * @typedef {import('./television.d.ts').Token} Token
 * @typedef {import('./television.d.ts').TvRequest} TvRequest
 * @typedef {import('./television.d.ts').WaitingFlow} WaitingFlow
 */
;(function () {
  'use strict'

  var DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
  var HELD_POLL_SECONDS = 25
  // Longer than a held poll, so that only a dead connection reaches it.
  var REQUEST_TIMEOUT_MS = 35 * 1000
  var LONGEST_BACK_OFF_SECONDS = 30
  var LONGEST_RETRY_AFTER_SECONDS = 3600
  var SLOW_DOWN_SECONDS = 5
  var DEFAULT_INTERVAL_SECONDS = 1
  // The server measures intervals at its own end, and network delays vary.
  var JITTER_MS = 100
  // A decision made in the last second may still be on its way when the clock reads 0:00.
  var EXPIRY_GRACE_MS = 3 * 1000
  // A code refused sooner than this was never valid; an immediate retry would flood the server.
  var SHORTEST_CODE_LIFE_MS = 10 * 1000
  // Optional requests, such as the name for the greeting, are not retried forever.
  var FEW_ATTEMPTS = 3
  // An access token is renewed this long before it expires, or at half its lifetime.
  var RENEWAL_LEAD_SECONDS = 30
  // Timers are limited to 24 days, so every token is renewed at least once a day.
  var LONGEST_TOKEN_USE_SECONDS = 24 * 3600

  var KEY = { enter: 13, left: 37, up: 38, right: 39, down: 40 }
  var BACK_KEYS = [27, 461, 10009] // Escape, webOS, Tizen
  var SCREENS = ['code', 'denied', 'error', 'greeting']
  var LONG_GREETING = 28
  var EMPTY_CODE = '    -    '
  var LAST_ID_TOKEN = 'demo-tv.id_token'

  var data = document.body.dataset
  var settings = {
    basePath: data.basePath || '',
    clientId: data.clientId || '',
    scope: data.scope || '',
    deviceName: data.deviceName || '',
    brandName: data.brandName || '',
  }
  // The state of one code or one signed-in person. It is replaced as a whole, so that a late response
  // detects that it is outdated.
  /** @type {CurrentFlow} */
  var current = {}
  var failures = 0

  /** @param {Readonly<Record<string, string>>} fields */
  function form(fields) {
    return Object.keys(fields)
      .map(function (name) {
        return encodeURIComponent(name) + '=' + encodeURIComponent(fields[name] || '')
      })
      .join('&')
  }

  /** @param {string | null} value */
  function retryAfterSeconds(value) {
    if (!value) return 0
    var seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
    return seconds > 0 ? Math.min(seconds, LONGEST_RETRY_AFTER_SECONDS) : 0
  }

  /** @param {Flow} flow @param {TvRequest} request @param {(reply: Reply) => void} onReply */
  function send(flow, request, onReply) {
    var xhr = new XMLHttpRequest()
    flow.xhr = xhr
    var headers = request.headers || {}
    xhr.open(request.method, settings.basePath + request.path)
    xhr.timeout = REQUEST_TIMEOUT_MS
    xhr.responseType = 'json'
    xhr.setRequestHeader('Accept', 'application/json')
    Object.keys(headers).forEach(function (name) {
      xhr.setRequestHeader(name, headers[name] || '')
    })
    if (request.fields) {
      xhr.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded')
    }
    xhr.addEventListener('loadend', function () {
      if (flow !== current && !flow.isParting) return
      flow.xhr = null
      onReply({
        status: xhr.status,
        body: xhr.response,
        retryAfter: retryAfterSeconds(xhr.getResponseHeader('Retry-After')),
      })
    })
    xhr.send(request.fields ? form(request.fields) : null)
  }

  /** @param {Reply} reply */
  function isTransient(reply) {
    if (reply.status === 0 || reply.status === 429 || reply.status >= 500) return true
    // A captive portal answers 200 with its own page.
    return reply.status < 300 && reply.body === null
  }

  /** @template {Flow} F @param {F} flow @param {(flow: F) => void} action @param {number} delayMs */
  function later(flow, action, delayMs) {
    var next = function () {
      flow.next = null
      action(flow)
    }
    flow.next = next
    flow.timer = setTimeout(next, delayMs)
  }

  /**
   * RFC 8628 §3.5: on a connection failure the client must poll less often.
   * @template {Flow} F
   * @param {F} flow
   * @param {(flow: F) => void} action
   * @param {Pick<Reply, 'retryAfter'>} reply
   */
  function backOff(flow, action, reply) {
    var seconds = Math.min(Math.pow(2, failures), LONGEST_BACK_OFF_SECONDS)
    failures += 1
    flow.isBackingOff = true
    flow.mustWait = reply.retryAfter > 0
    later(flow, action, Math.max(seconds, reply.retryAfter) * 1000)
  }

  function retryNow() {
    if (!current.isBackingOff || current.mustWait || !current.next) return
    clearTimeout(current.timer)
    current.next()
  }

  /** @param {Flow} flow */
  function succeeded(flow) {
    failures = 0
    flow.isBackingOff = false
  }

  // A television's wall clock jumps when it is first set; this clock does not.
  function now() {
    return performance.now()
  }

  // Sends a push prompt only after the person turned the television on or pressed a button, and not after
  // a code expired unseen or a sign-out.
  function startAsking() {
    startWith(lastIdToken())
  }

  function start() {
    startWith(null)
  }

  /** @param {string | null} hint */
  function startWith(hint) {
    var previous = current
    var flow = { hint: hint }
    current = flow
    clearTimeout(previous.timer)
    if (previous.xhr) previous.xhr.abort()
    drawCode(EMPTY_CODE, 'Getting a code')
    clearLibrary()
    showScreen('code')
    setBusy(true)
    showAsked(false)
    setStatus('Getting a code…', false)
    requestCode(flow)
  }

  /** @param {CodeFlow} flow */
  function requestCode(flow) {
    /** @type {Record<string, string>} */
    var fields = {
      client_id: settings.clientId,
      scope: settings.scope,
      device_name: settings.deviceName,
    }
    if (flow.hint) fields.id_token_hint = flow.hint
    var request = { method: 'POST', path: '/device_authorization', fields: fields }
    send(flow, request, function (reply) {
      if (isTransient(reply)) {
        setStatus('Reconnecting…', true)
        backOff(flow, requestCode, reply)
      } else if (reply.status === 200 && isDeviceAuthorization(reply.body)) {
        receiveCode(flow, reply.body)
      } else if (flow.hint) {
        // The hint is optional: the server may accept the request without it.
        rememberPerson(null)
        start()
      } else {
        showError(reply)
      }
    })
  }

  /** @param {Partial<CodeAnswer> | null} body @returns {body is CodeAnswer} */
  function isDeviceAuthorization(body) {
    if (!body || !body.device_code || !body.user_code || !body.verification_uri) return false
    return body.expires_in !== undefined && body.expires_in > 0
  }

  /** @param {Partial<Token> | null} body @returns {body is Token} */
  function isToken(body) {
    return Boolean(body && body.access_token)
  }

  /** @param {CodeFlow} codeFlow @param {CodeAnswer} answer */
  function receiveCode(codeFlow, answer) {
    var startedAt = now()
    var flow = {
      hint: codeFlow.hint,
      deviceCode: answer.device_code,
      interval: answer.interval || DEFAULT_INTERVAL_SECONDS,
      startedAt: startedAt,
      expiresAt: startedAt + answer.expires_in * 1000,
    }
    current = flow
    setBusy(false)
    setStatus('Waiting for your phone', false)
    showCode(answer)
    showAsked(Boolean(flow.hint))
    showTimeLeft()
    poll(flow)
  }

  /** @param {WaitingFlow} flow */
  function poll(flow) {
    var pollStartedAt = now()
    // After a failure the poll is not held: its response shows that the connection is back.
    var holdSeconds = flow.isBackingOff ? 0 : HELD_POLL_SECONDS
    var request = {
      method: 'POST',
      path: '/token',
      headers: { Prefer: 'wait=' + holdSeconds },
      fields: {
        grant_type: DEVICE_CODE_GRANT,
        device_code: flow.deviceCode,
        client_id: settings.clientId,
      },
    }
    send(flow, request, function (reply) {
      var error = reply.body && reply.body.error
      if (isTransient(reply)) {
        setStatus('Reconnecting…', true)
        backOff(flow, poll, reply)
      } else if (reply.status === 200 && isToken(reply.body)) {
        succeeded(flow)
        receiveToken(reply.body)
      } else if (error === 'authorization_pending' || error === 'slow_down') {
        succeeded(flow)
        if (error === 'slow_down') flow.interval = slowerInterval(flow, reply)
        setStatus('Waiting for your phone', false)
        later(flow, poll, pollStartedAt + flow.interval * 1000 + JITTER_MS - now())
      } else if (error === 'expired_token' || error === 'invalid_grant') {
        renew(flow)
      } else if (error === 'access_denied') {
        showDeclined()
      } else {
        showError(reply)
      }
    })
  }

  /** @param {WaitingFlow} flow @param {Reply} reply */
  function slowerInterval(flow, reply) {
    var asked = Number(reply.body && reply.body.interval)
    return asked > flow.interval ? asked : flow.interval + SLOW_DOWN_SECONDS
  }

  /** @param {WaitingFlow} flow */
  function renew(flow) {
    if (now() - flow.startedAt > SHORTEST_CODE_LIFE_MS) {
      start()
      return
    }
    setBusy(true)
    setStatus('Getting a code…', false)
    backOff(flow, start, { retryAfter: 0 })
  }

  /** @param {Token} token */
  function receiveToken(token) {
    var flow = { token: token, receivedAt: now(), attempts: 0 }
    current = flow
    rememberPerson(token.id_token)
    setBusy(true)
    setStatus('Signing in…', false)
    if (grantedScopes(flow).indexOf('openid') < 0) greet(flow, {})
    else requestPerson(flow)
  }

  /** @param {SignedInFlow} flow */
  function grantedScopes(flow) {
    return (flow.token.scope || settings.scope).split(' ')
  }

  /** @param {SignedInFlow} flow @param {string} path @param {(reply: Reply) => void} onReply */
  function askWithToken(flow, path, onReply) {
    var headers = { Authorization: 'Bearer ' + flow.token.access_token }
    send(flow, { method: 'GET', path: path, headers: headers }, onReply)
  }

  /** @param {SignedInFlow | PartingFlow} flow @param {Reply} reply */
  function mayTryAgain(flow, reply) {
    flow.attempts += 1
    return isTransient(reply) && flow.attempts < FEW_ATTEMPTS
  }

  /** @param {SignedInFlow} flow */
  function requestPerson(flow) {
    askWithToken(flow, '/userinfo', function (reply) {
      if (mayTryAgain(flow, reply)) {
        backOff(flow, requestPerson, reply)
        return
      }
      succeeded(flow)
      greet(flow, reply.status === 200 && reply.body ? reply.body : {})
    })
  }

  /**
   * The library first, then a renewal each time the access token is about to expire.
   * @param {SignedInFlow} flow
   * @param {Person} person
   */
  function greet(flow, person) {
    showGreeting(flow, person)
    flow.attempts = 0
    requestLibrary(flow)
  }

  /** @param {SignedInFlow} flow */
  function requestLibrary(flow) {
    askWithToken(flow, '/library', function (reply) {
      if (mayTryAgain(flow, reply)) {
        backOff(flow, requestLibrary, reply)
        return
      }
      succeeded(flow)
      var items = reply.status === 200 && reply.body && reply.body.items
      flow.hasLibrary = Boolean(items)
      if (items) showLibrary(items)
      else showNoLibrary(reply)
      renewInTime(flow)
    })
  }

  /** @param {SignedInFlow} flow */
  function renewInTime(flow) {
    var lifetime = Math.min(flow.token.expires_in || 0, LONGEST_TOKEN_USE_SECONDS)
    if (!flow.token.refresh_token || !(lifetime > 0)) return
    var useSeconds = Math.max(lifetime - RENEWAL_LEAD_SECONDS, lifetime / 2)
    later(flow, renewToken, Math.max(0, flow.receivedAt + useSeconds * 1000 - now()))
  }

  /** @param {SignedInFlow} flow */
  function renewToken(flow) {
    var request = {
      method: 'POST',
      path: '/token',
      fields: {
        grant_type: 'refresh_token',
        refresh_token: flow.token.refresh_token || '',
        client_id: settings.clientId,
      },
    }
    send(flow, request, function (reply) {
      if (isTransient(reply)) {
        // The same refresh token again: the lost response may have held its successor.
        backOff(flow, renewToken, reply)
      } else if (reply.status === 200 && isToken(reply.body)) {
        succeeded(flow)
        keepToken(flow, reply.body)
        // The library may work with the new token.
        flow.attempts = 0
        if (flow.hasLibrary) renewInTime(flow)
        else requestLibrary(flow)
      } else if (reply.body && reply.body.error === 'invalid_grant') {
        // The person signed this television out elsewhere.
        start()
      } else {
        showError(reply)
      }
    })
  }

  /**
   * RFC 6749 §6, §5.1: members that a response omits do not change.
   * @param {SignedInFlow} flow
   * @param {Token} token
   */
  function keepToken(flow, token) {
    flow.receivedAt = now()
    flow.token = {
      access_token: token.access_token,
      refresh_token: token.refresh_token || flow.token.refresh_token,
      expires_in: token.expires_in,
      scope: token.scope || flow.token.scope,
    }
  }

  /**
   * The ID token of the last sign-in (OpenID Connect Core §2) names the person to the server that
   * signed it. It grants no access, so it stays after a sign-out: the person can get a push prompt on
   * the next start, until another person signs in.
   * @param {string | null | undefined} idToken
   */
  function rememberPerson(idToken) {
    try {
      if (idToken) localStorage.setItem(LAST_ID_TOKEN, idToken)
      else localStorage.removeItem(LAST_ID_TOKEN)
    } catch (error) {
      // Without storage, the person uses the code.
      console.warn(error)
    }
  }

  function lastIdToken() {
    try {
      return localStorage.getItem(LAST_ID_TOKEN)
    } catch (error) {
      console.warn(error)
      return null
    }
  }

  function signOut() {
    var token = current.token
    if (!token) return
    start()
    // The screen shows the next code already; the revocation continues in the background.
    revoke({ isParting: true, attempts: 0, token: token.refresh_token || token.access_token })
  }

  /**
   * RFC 7009 §2.1: with a refresh token, everything that came from it ends.
   * @param {PartingFlow} flow
   */
  function revoke(flow) {
    var request = {
      method: 'POST',
      path: '/revoke',
      fields: { token: flow.token, client_id: settings.clientId },
    }
    send(flow, request, function (reply) {
      // A success has no body.
      if (reply.status !== 200 && mayTryAgain(flow, reply)) backOff(flow, revoke, reply)
    })
  }

  /**
   * An element of the page. Throws if it is missing or of another kind.
   * @template {HTMLElement} E
   * @param {string} id
   * @param {new () => E} kind
   */
  function find(id, kind) {
    var element = document.getElementById(id)
    if (!(element instanceof kind)) throw new Error('The page has no ' + id)
    return element
  }

  /** @param {string} id */
  function byId(id) {
    return find(id, HTMLElement)
  }

  /** @param {string} id @param {string} text */
  function setText(id, text) {
    var element = byId(id)
    if (element.textContent !== text) element.textContent = text
  }

  /** @param {string} text */
  function announce(text) {
    setText('announcement', text)
  }

  /** @param {string} text */
  function setTitle(text) {
    document.title = text + ' · ' + settings.brandName
  }

  function screenButton() {
    var button = byId(document.body.dataset.screen + '-screen').querySelector('button')
    if (!button) throw new Error('The screen has no button')
    return button
  }

  /** @param {string} name */
  function showScreen(name) {
    SCREENS.forEach(function (screen) {
      byId(screen + '-screen').hidden = screen !== name
    })
    document.body.dataset.screen = name
    if (name !== 'code') byId('no-phone').hidden = true
    // On the code screen a repeated Enter must not discard the code.
    if (name !== 'code') screenButton().focus()
  }

  /** @param {boolean} isBusy */
  function setBusy(isBusy) {
    var screen = byId('code-screen')
    screen.classList.toggle('is-busy', isBusy)
    screen.setAttribute('aria-busy', String(isBusy))
    byId('no-phone').hidden = isBusy
    if (isBusy) setText('time-left', '')
  }

  /** @param {string} text @param {boolean} isReconnecting */
  function setStatus(text, isReconnecting) {
    byId('code-screen').classList.toggle('is-reconnecting', isReconnecting)
    if (byId('status').textContent !== text) announce(text)
    setText('status', text)
    setTitle(isReconnecting ? text : 'Connect this TV')
  }

  /** @param {string} code @param {string} label */
  function drawCode(code, label) {
    var element = byId('user-code')
    element.setAttribute('aria-label', label)
    element.textContent = ''
    element.classList.toggle('is-long', code.length > EMPTY_CODE.length)
    code.split('').forEach(function (letter) {
      var cell = document.createElement('span')
      cell.className = letter === '-' ? 'dash' : letter === ' ' ? 'letter blank' : 'letter'
      cell.textContent = letter
      element.appendChild(cell)
    })
  }

  /** @param {CodeAnswer} answer */
  function showCode(answer) {
    var address = answer.verification_uri.replace(/^https?:\/\//, '').replace(/\/$/, '')
    var spelled = answer.user_code.replace(/-/g, '').split('').join(' ')
    setText('address', address)
    drawCode(answer.user_code, spelled)
    showQr(answer.verification_uri_complete && answer.verification_uri_qr, address)
    showWaysWithoutPhone(answer)
    announce('Open ' + address + ' on your phone. Your code is ' + spelled + '.')
  }

  /** @param {string | undefined} url @param {string} address */
  function showQr(url, address) {
    var picture = find('qr', HTMLImageElement)
    byId('code-screen').classList.toggle('has-qr', Boolean(url))
    if (!url) {
      picture.removeAttribute('src')
      return
    }
    picture.alt = 'QR code that opens ' + address + ' with this code'
    picture.src = url
  }

  /**
   * The address that a phone would open, for a window of the same computer.
   * @param {CodeAnswer} answer
   */
  function showWaysWithoutPhone(answer) {
    var app = document.getElementById('as-app')
    var appAddress = settings.basePath + '/app?user_code=' + encodeURIComponent(answer.user_code)
    find('as-page', HTMLAnchorElement).href =
      answer.verification_uri_complete || answer.verification_uri
    if (app) app.setAttribute('href', appAddress)
  }

  /**
   * The server does not reveal whether it sent a prompt, so the text says that it may have.
   * @param {boolean} isLikely
   */
  function showAsked(isLikely) {
    var note = document.getElementById('asked')
    if (!note) return
    note.hidden = !isLikely
    if (isLikely) announce(byId('announcement').textContent + ' ' + note.textContent)
  }

  function showTimeLeft() {
    var flow = current
    if (!flow.expiresAt) return
    var leftMs = flow.expiresAt - now()
    if (leftMs > 0) {
      var seconds = Math.ceil(leftMs / 1000)
      var rest = seconds % 60
      setText('time-left', Math.floor(seconds / 60) + ':' + (rest < 10 ? '0' : '') + rest + ' left')
    } else if (!flow.xhr || leftMs < -EXPIRY_GRACE_MS) {
      start()
    } else {
      setBusy(true)
    }
  }

  function showDeclined() {
    current = {}
    showScreen('denied')
    setTitle('Not connected')
    announce('Not connected. The request was declined.')
  }

  /** @param {string | undefined} code */
  function errorText(code) {
    if (code === 'invalid_client' || code === 'unauthorized_client') {
      return settings.brandName + ' does not know this TV. The operator of the service can add it.'
    }
    if (code === 'invalid_scope') {
      return 'This TV requests more access than ' + settings.brandName + ' allows.'
    }
    return settings.brandName + ' sent a response that this TV does not understand.'
  }

  /** @param {Reply} reply */
  function showError(reply) {
    /** @type {Problem} */
    var body = reply.body || {}
    var code = body.error || 'HTTP ' + reply.status
    current = {}
    setText('error-text', errorText(body.error))
    setText('error-detail', body.error_description ? code + ': ' + body.error_description : code)
    showScreen('error')
    setTitle('Sign-in problem')
    announce('This TV cannot sign in yet. ' + byId('error-text').textContent)
  }

  /** @param {number} seconds */
  function inWords(seconds) {
    var unit = seconds % 3600 === 0 ? 3600 : seconds >= 120 ? 60 : 1
    var count = Math.round(seconds / unit)
    var name = unit === 3600 ? 'hour' : unit === 60 ? 'minute' : 'second'
    return count + ' ' + name + (count === 1 ? '' : 's')
  }

  /** @param {Token} token */
  function lifetimeInWords(token) {
    if (!token.expires_in) return ''
    return inWords(token.expires_in) + (token.refresh_token ? ', then renewed' : '')
  }

  /** @param {SignedInFlow} flow @param {Person} person */
  function showGreeting(flow, person) {
    var name = person.name || person.email
    var greeting = name ? 'Hello, ' + name : 'Welcome'
    var scopes = byId('scopes')
    scopes.textContent = ''
    grantedScopes(flow).forEach(function (scope) {
      var item = document.createElement('li')
      item.textContent = scope
      scopes.appendChild(item)
    })
    byId('lifetime-fact').hidden = !flow.token.expires_in
    setText('lifetime', lifetimeInWords(flow.token))
    setText('greeting', greeting)
    byId('greeting').classList.toggle('is-long', greeting.length > LONG_GREETING)
    showScreen('greeting')
    setTitle(greeting)
    announce(greeting + '. This TV is connected.')
  }

  /** @param {readonly Item[]} items */
  function showLibrary(items) {
    clearLibrary()
    items.forEach(function (item) {
      byId('posters').appendChild(poster(item))
    })
    // Only if the focus has not moved: Enter must not sign out by accident.
    var first = posters()[0]
    if (first && document.activeElement === screenButton()) first.focus()
  }

  /** @param {Item} item */
  function poster(item) {
    var kind = item.kind.charAt(0).toUpperCase() + item.kind.slice(1)
    var element = document.createElement('li')
    element.className = 'poster'
    element.tabIndex = 0
    element.setAttribute('aria-describedby', 'library-note')
    element.appendChild(line('poster-title', item.title))
    element.appendChild(line('poster-kind', kind + ' · ' + item.year))
    element.addEventListener('focus', function () {
      setText('library-note', item.summary)
    })
    return element
  }

  /** @param {string} className @param {string} text */
  function line(className, text) {
    var element = document.createElement('span')
    element.className = className
    element.textContent = text
    return element
  }

  /** @param {Reply} reply */
  function showNoLibrary(reply) {
    var text =
      reply.status === 403
        ? 'This TV was not allowed to see your library.'
        : 'Your library can’t be shown right now.'
    setText('library-note', text)
    announce(text)
  }

  function clearLibrary() {
    byId('posters').textContent = ''
    setText('library-note', '')
  }

  /** @returns {HTMLElement[]} */
  function posters() {
    return Array.prototype.slice.call(document.querySelectorAll('.poster'))
  }

  function press() {
    if (document.body.dataset.screen === 'greeting') signOut()
    else if (current.isBackingOff) retryNow()
    else if (!current.xhr || current.deviceCode) startAsking()
  }

  /**
   * Arrow keys move along the posters, down to the button, and back up to the first poster.
   * @param {number} keyCode
   */
  function neighbour(keyCode) {
    var row = document.body.dataset.screen === 'greeting' ? posters() : []
    var focused = document.activeElement
    var index = focused instanceof HTMLElement ? row.indexOf(focused) : -1
    if (index < 0) return (keyCode === KEY.up && row[0]) || screenButton()
    if (keyCode === KEY.down) return screenButton()
    if (keyCode === KEY.left) return row[index - 1]
    if (keyCode === KEY.right) return row[index + 1]
    return undefined
  }

  Array.prototype.forEach.call(document.querySelectorAll('button'), function (button) {
    button.addEventListener('click', press)
  })

  document.addEventListener('keydown', function (event) {
    var screen = document.body.dataset.screen
    var button = screenButton()
    if (BACK_KEYS.indexOf(event.keyCode) >= 0) {
      if (screen !== 'denied' && screen !== 'error') return
      event.preventDefault()
      startAsking()
    } else if (event.keyCode === KEY.enter) {
      if (document.activeElement !== button) return
      // Once per press: a held key repeats, and each repeat would request another code.
      event.preventDefault()
      if (!event.repeat) button.click()
    } else if (event.keyCode >= KEY.left && event.keyCode <= KEY.down) {
      var target = neighbour(event.keyCode)
      if (target === document.activeElement) return
      event.preventDefault()
      if (target) target.focus()
    }
  })

  byId('qr').addEventListener('error', function () {
    byId('code-screen').classList.remove('has-qr')
  })
  window.addEventListener('online', retryNow)
  setInterval(showTimeLeft, 500)
  startAsking()
})()
