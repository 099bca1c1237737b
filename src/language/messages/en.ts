// English, and the shape that every other language has.
import { isolate } from './isolate.ts'
import { waitingTime } from './waiting-time.ts'

export const en = {
  layout: {
    footer: (brand: string) => `${isolate(brand)} never asks for a code by email, chat or phone.`,
    devices: 'My devices',
    support: 'Help',
    terms: 'Terms',
    privacy: 'Privacy',
  },

  form: {
    /** A button that says `visible`; the rest is for those who hear it without its field. */
    show: { before: '', visible: 'Show', after: 'password' },
    hide: { before: '', visible: 'Hide', after: 'password' },
  },

  enterCode: {
    title: 'Connect your device',
    problemTitle: 'Problem with the code',
    label: 'Code',
    hint: {
      letters: 'The code on your TV, like WDJB-MJHT',
      digits: 'The code on your TV, like 019-450-730',
      either: 'The code on your TV, like WDJB-MJHT or 019-450-730',
    },
    /** A link of another page brought the code here. */
    byLink: {
      text: 'If you scanned the QR code on your TV, press Continue. You can also type the code shown there.',
      warning: 'If someone sent you this link, close this page.',
    },
    submit: 'Continue',
    malformed: {
      letters: 'The code has 8 letters. Check it on your device and try again.',
      digits: 'The code has 9 digits. Check it on your device and try again.',
      either: 'The code has 8 letters or 9 digits. Check it on your device and try again.',
    },
    /** Letters and digits that no code has, as they were typed. */
    inNoCode: {
      letters: (found: readonly string[]) =>
        `Codes have no vowels (or Y) and no digits: look again at ${found.map(isolate).join(', ')}.`,
      digits: (found: readonly string[]) =>
        `Codes have only digits: look again at ${found.map(isolate).join(', ')}.`,
      either: (found: readonly string[]) =>
        `Codes have no vowels (or Y): look again at ${found.map(isolate).join(', ')}.`,
    },
    /** VP-6: one sentence for codes that never existed, have expired, or were used. */
    notValid: 'This code is invalid or has expired. Check it, or get a new one on your device.',
  },

  signIn: {
    title: 'Sign in',
    againTitle: 'Sign in again',
    again: 'To confirm it’s you, sign in once more.',
    problemTitle: 'Problem signing in',
    waiting: 'A device is waiting for your answer.',
    /** For the browser inside a messenger, which shares nothing with the person’s own. */
    inApp:
      'This is the browser of another app. If you are signed in elsewhere, use its menu to open this page in your usual browser. The code goes along.',
    email: 'Email',
    password: 'Password',
    submit: 'Sign in',
    newHere: 'New here?',
    create: 'Create an account',
    switchAccount: 'Use another account',
    /** Between ways of signing in. */
    or: 'or',
    passkey: 'Sign in with a passkey',
    passkeyProblem: 'No passkey was used. Try again, or sign in another way.',
    refused: 'That email and password don’t belong together.',
    continueWith: (provider: string) => `Continue with ${isolate(provider)}`,
    /** What became of signing in at an identity provider. */
    cancelled: (provider: string) =>
      `You did not finish signing in at ${isolate(provider)}. Please try again.`,
    failed: (provider: string) =>
      `Signing in at ${isolate(provider)} failed. Please try again in a moment.`,
    /** `ago` as in `13 hours ago`. */
    stale: (provider: string, ago: string) =>
      `You last signed in at ${isolate(provider)} ${isolate(ago)}, which is too long ago, and were not asked to sign in again. ` +
      'Sign out there, then try again.',
    /** The provider sends no time of sign-in. */
    untold: (provider: string) =>
      `${isolate(provider)} does not tell us when you last signed in there, so we cannot accept this sign-in. ` +
      'Please tell the support of this service.',
    /** An answer without a pending sign-in. */
    ended: 'This sign-in took too long, or was started in another browser. Please start again.',
    disabled:
      'This account has been disabled. If you think this is a mistake, contact the support of this service.',
    wait: (seconds: number) => `Too many attempts. Try again in ${waitingTime('en', seconds)}.`,
  },

  createAccount: {
    title: 'Create your account',
    problemTitle: 'Problem creating your account',
    name: 'Name',
    email: 'Email',
    password: 'Password',
    passwordHint: 'At least 15 characters. A few words you’ll remember work well.',
    submit: 'Create account',
    haveOne: 'Have an account?',
    signIn: 'Sign in',
    problems: {
      name: { missing: 'Enter your name.', too_long: 'Use a shorter name, up to 64 characters.' },
      email: {
        malformed: 'Enter an address like name@example.com.',
        too_long: 'Enter a shorter address, up to 254 characters.',
        taken: 'There is already an account with this address. Sign in instead.',
      },
      password: {
        too_short: 'That is too short.',
        too_long: 'Use at most 256 characters.',
        common: 'This is one of the first passwords an attacker tries. Choose another.',
        personal: 'Don’t base it on your name, your address or the name of this service.',
        repetitive: 'Don’t repeat the same few characters.',
      },
    },
  },

  /** Names of devices that told none, or their make alone. */
  device: {
    unnamed: 'A device',
    television: (make: string) => `${make} TV`,
  },

  confirm: {
    title: (client: string) => `Connect a device to ${isolate(client)}?`,
    /** Before the name of the person. */
    signedIn: 'Signed in:',
    switchAccount: 'Switch account',
    sameCode: 'Does your device show this code?',
    timeLeft: (minutes: number) =>
      minutes > 1 ? `Works for ${minutes} more minutes` : 'Works for about one more minute',
    until: (time: string) => `Works until ${isolate(time)}`,
    otherCode: 'Enter a different code',
    device: 'Device',
    deviceName: 'Name',
    place: 'Location',
    network: 'Network',
    askedAt: 'Requested',
    scopes: 'It will be able to',
    /** The hosts of the services where it will be able to do so. */
    resources: (hosts: readonly string[]) => `At ${hosts.map(isolate).join(', ')}`,
    proximity: {
      same_network: 'On the same network as you',
      same_operator: 'Same internet provider and country as you',
      same_city: 'In the same city as you',
      same_country: 'In the same country as you',
      far: 'In a different country from you',
    },
    /** Where the device may not be where the person is. */
    check: {
      title: 'Is this device with you?',
      text: 'It may not be near you. Someone else could be trying to get into your account.',
      code: 'Code on the device’s own screen',
      codeHint: 'Read it from the device, not from a message.',
      inFront: 'The device is in front of me',
      codeProblem: 'That is not the code on this device.',
      inFrontProblem: 'Tick this only if the device is really with you.',
    },
    problemTitle: 'Problem with your answer',
    tooFar: {
      title: 'This device is too far away',
      text: (client: string) =>
        `It is not where you are, and ${isolate(client)} does not accept such devices.`,
      vpn: 'Using a VPN? Turn it off on your phone and your device, then try again.',
    },
    report: 'I did not start this',
    warning: 'Only allow if you started this on your own device.',
    never: 'Never approve a code someone sent you by email, chat or phone.',
    deny: 'Don’t allow',
    allow: 'Allow',
  },

  /** Of a client that the operator did not list. */
  unverified: {
    label: (brand: string) => `Not verified by ${isolate(brand)}`,
    inSentence: (client: string, brand: string) =>
      `${isolate(client)} (not verified by ${isolate(brand)})`,
  },

  /** What the scopes that OpenID Connect defines allow, and the one that we do. */
  scopes: {
    openid: 'Know that it is you',
    profile: 'See your name',
    email: 'See your email address',
    offline_access: 'Stay signed in on this device',
    'device:approve': 'Allow other devices on your behalf',
  },

  /** What became of a code that can no longer be answered. */
  ended: {
    expired: {
      title: 'This code has expired',
      text: 'Nothing was connected. Get a new code on your device and enter it here.',
    },
    answered: {
      title: 'This code was already answered',
      text: 'It was answered with another account or by someone else, and works only once. To connect the device yourself, get a new code on it.',
    },
    stopped: {
      title: 'This code was stopped',
      text: 'Several people opened it, as happens when a code is passed around. Nothing was connected. Use only a code that your own device shows.',
    },
    clientGone: {
      title: 'This app can no longer connect',
      text: (brand: string) =>
        `${isolate(brand)} no longer knows the app on this device. Nothing was shared. Update the app, then get a new code.`,
    },
    action: 'Enter a new code',
  },

  result: {
    approved: {
      title: 'You’re connected',
      next: 'Go back to your TV.',
      detail: (client: string, device: string) =>
        `${isolate(client)} is ready on ${isolate(device)}. You can close this page.`,
    },
    denied: {
      title: 'Nothing was shared',
      next: 'You did not allow it.',
      detail: (client: string, device: string) =>
        `${isolate(device)} is not connected to ${isolate(client)}. ` +
        'If you did not start this, you did the right thing.',
    },
    reported: {
      title: 'The request was stopped',
      next: 'The device did not get in.',
      detail: (client: string, device: string) =>
        `${isolate(device)} is not connected to ${isolate(client)}. ` +
        'The person who sent you the code can no longer use it.',
    },
    withdrawn: {
      title: 'The device was removed',
      next: 'You are signed out everywhere.',
      detail: (client: string, device: string) =>
        `${isolate(device)} is no longer connected to ${isolate(client)}. ` +
        'Sign in again to see what else is connected.',
    },
    mistake: 'If that was a mistake, get a new code on your device and enter it here.',
    notMe: 'This wasn’t me',
    notMeHint: 'Removes the device and signs you out everywhere.',
    passkey: {
      title: 'Next time, no password',
      text: 'With a passkey, your fingerprint, face or screen lock signs you in.',
    },
  },

  /** Asked once before something that cannot be undone. */
  sure: {
    device: {
      title: (device: string) => `Remove ${isolate(device)}?`,
      text: 'It is signed out at once, and needs a new code to come back.',
      yes: 'Remove',
    },
    passkey: {
      title: (name: string) => `Remove the passkey ${isolate(name)}?`,
      text: 'You can no longer sign in with it here.',
      yes: 'Remove',
    },
    notMe: {
      title: (device: string) => `Remove ${isolate(device)} and sign out?`,
      text: 'The device loses its access, and you are signed out everywhere.',
      yes: 'Remove and sign out',
    },
    back: 'Keep it',
  },

  devices: {
    title: 'My devices',
    person: 'Signed in:',
    signOut: 'Sign out',
    connected: 'Connected devices',
    noDevices: 'No devices are connected.',
    service: 'Service',
    place: 'Location',
    allowedAt: 'Allowed',
    waiting: 'Waiting for the device',
    connectedAt: 'Connected',
    usedAt: 'Last used',
    rename: 'Rename',
    /** The labels of buttons and fields name what they are about, for those who hear them. */
    renameLabel: (name: string) => `New name for ${isolate(name)}`,
    save: 'Save',
    remove: 'Remove',
    removeLabel: (name: string) => `Remove ${isolate(name)}`,
    passkeys: 'Passkeys',
    noPasskeys: 'You have no passkeys yet. With one, you can sign in without a password.',
    addPasskey: 'Add a passkey',
    addProblem: 'No passkey was added. Please try again.',
    passkeysFull: 'You have reached the limit for passkeys. Remove one to add another.',
    newPasskey: (browser: string) => `Passkey from ${isolate(browser)}`,
    addedAt: 'Added',
    never: 'Never',
    /** Where a browser is asked to show notifications, and where it shows them. */
    prompts: {
      title: 'Sign-in notifications',
      text: 'When a device that knows you wants to sign in nearby, the browsers you choose show a notification. Nothing is allowed until you open it and answer.',
      ask: 'Ask me on this browser',
      unsupported: 'This browser cannot show notifications.',
      problem:
        'This browser does not let us show notifications. Allow them in its settings and try again.',
      since: 'Since',
      stop: 'Stop asking',
      stopLabel: (browser: string) => `Stop asking in ${isolate(browser)}`,
    },
    sessions: 'Where you are signed in',
    thisBrowser: 'This browser',
    signedInAt: 'Signed in',
    endSession: 'Sign out',
    endSessionLabel: (browser: string) => `Sign out ${isolate(browser)}`,
    everywhere: 'Sign out everywhere',
    everywhereHint: 'Ends every session, including this one.',
    withDevices: 'Remove all devices as well',
    activity: 'Recent activity',
    noActivity: 'Nothing yet.',
    /** What happened, to the device, passkey or browser that is named where one is known. */
    events: {
      signed_in: (about: string) => `Signed in with ${isolate(about)}`,
      device_allowed: (about: string) => `Allowed ${isolate(about)}, which has not signed in yet`,
      device_lapsed: (about: string) => `Allowed ${isolate(about)}, which never signed in`,
      device_connected: (about: string) => `Connected ${isolate(about)}`,
      device_removed: (about: string) => `Removed ${isolate(about)}`,
      device_reported: (about: string) => `Removed ${isolate(about)}, which was not yours`,
      request_reported: (about: string) => `Stopped a request from ${isolate(about)}`,
      collected_elsewhere: (about: string) =>
        `Stopped ${isolate(about)}, which was not where you allowed it to be`,
      signed_out_everywhere: () => 'Signed out everywhere',
      passkey_added: (about: string) => `Added the passkey ${isolate(about)}`,
      passkey_removed: (about: string) => `Removed the passkey ${isolate(about)}`,
    },
    something: 'something',
    done: {
      renamed: 'The new name is saved.',
      removed: (device: string) => `${isolate(device)} is removed.`,
      passkeyAdded: 'Your passkey is ready.',
      passkeyRemoved: (name: string) =>
        `The passkey ${isolate(name)} is removed here. Delete it on your own device as well.`,
      sessionEnded: 'That browser is signed out.',
      browserAsked: 'This browser will ask you.',
      browserNotAsked: 'That browser will no longer ask you.',
    },
  },

  /** What a browser shows by itself. */
  notification: {
    title: (device: string) => `Sign in on ${isolate(device)}?`,
    text: (client: string, place: string) =>
      `${isolate(client)}, from ${isolate(place)}. Continue only if you just started this.`,
    notMe: 'Not me',
  },

  problem: {
    missing: {
      title: 'This page does not exist',
      text: 'Check the address, or start with your code.',
    },
    forbidden: {
      title: 'That did not come from this page',
      text:
        'The form was too old or came from somewhere else. Nothing was changed. ' +
        'Please try again.',
    },
    /** A form with the token of an earlier session. */
    outdated: {
      title: 'This page is out of date',
      text: 'You have since signed in or out, perhaps in another tab. Nothing was changed. Please try again.',
    },
    cookies: {
      title: 'This page needs cookies',
      text:
        'Allow cookies for this site so that your code is kept while you sign in, ' +
        'then start again.',
    },
    tooLarge: { title: 'That was too large', text: 'The form was larger than allowed.' },
    unavailable: {
      title: 'Something went wrong',
      text: 'Please try again in a moment. If you had just pressed a button, the page shows whether it worked.',
    },
    /** Before the number under which the log has the failure. */
    requestId: 'Request ID:',
    tooMany: {
      title: 'Too many attempts',
      text: (seconds: number) => `Try again in ${waitingTime('en', seconds)}.`,
      kept: 'Your code is saved.',
      /** Once the wait is over. */
      over: 'You can try again now.',
      again: 'Try again',
    },
    start: 'Enter a code',
  },

  authorize: {
    title: 'Sign-in starts on your device',
    text:
      'You cannot sign in at this address (unsupported_response_type). ' +
      'Open the app on your TV and follow the steps it shows.',
    action: 'I have a code',
  },

  placeAndTime: {
    /** From the smallest part to the country; not all of them are always known. */
    place: (parts: readonly string[]) => parts.join(', '),
    justNow: 'just now',
  },
}
