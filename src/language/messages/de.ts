// German, on first-name terms. \u2011 is the hyphen at which no line ends.
import type { Messages } from '../language.ts'
import { isolate } from './isolate.ts'
import { counted, waitingTime } from './waiting-time.ts'

export const de: Messages = {
  layout: {
    footer: (brand) =>
      `${isolate(brand)} fragt nie per E\u2011Mail, Chat oder Telefon nach einem Code.`,
    devices: 'Meine Geräte',
    support: 'Hilfe',
    terms: 'Nutzungsbedingungen',
    privacy: 'Datenschutz',
  },

  form: {
    show: { before: 'Passwort', visible: 'Zeigen', after: '' },
    hide: { before: 'Passwort', visible: 'Verbergen', after: '' },
  },

  enterCode: {
    title: 'Gerät verbinden',
    problemTitle: 'Problem mit dem Code',
    label: 'Code',
    hint: {
      letters: 'Der Code auf deinem Fernseher, zum Beispiel WDJB-MJHT',
      digits: 'Der Code auf deinem Fernseher, zum Beispiel 019-450-730',
      either: 'Der Code auf deinem Fernseher, zum Beispiel WDJB-MJHT oder 019-450-730',
    },
    byLink: {
      text: 'Wenn du den QR-Code auf deinem Fernseher gescannt hast, drück auf Weiter. Du kannst auch den Code eingeben, der dort steht.',
      warning: 'Wenn dir jemand diesen Link geschickt hat, schließ diese Seite.',
    },
    submit: 'Weiter',
    malformed: {
      letters: 'Der Code hat 8 Buchstaben. Sieh auf deinem Gerät nach und versuch es noch einmal.',
      digits: 'Der Code hat 9 Ziffern. Sieh auf deinem Gerät nach und versuch es noch einmal.',
      either:
        'Der Code hat 8 Buchstaben oder 9 Ziffern. Sieh auf deinem Gerät nach und versuch es noch einmal.',
    },
    inNoCode: {
      letters: (found) =>
        `In Codes stehen keine Vokale (auch kein Y) und keine Ziffern: Sieh dir ${found.map(isolate).join(', ')} noch einmal an.`,
      digits: (found) =>
        `Codes bestehen nur aus Ziffern: Sieh dir ${found.map(isolate).join(', ')} noch einmal an.`,
      either: (found) =>
        `In Codes stehen keine Vokale (auch kein Y): Sieh dir ${found.map(isolate).join(', ')} noch einmal an.`,
    },
    notValid:
      'Dieser Code ist ungültig oder abgelaufen. ' +
      'Prüf ihn oder hol dir auf deinem Gerät einen neuen.',
  },

  signIn: {
    title: 'Anmelden',
    againTitle: 'Noch einmal anmelden',
    again: 'Melde dich noch einmal an, damit sicher ist, dass du es bist.',
    problemTitle: 'Problem bei der Anmeldung',
    waiting: 'Ein Gerät wartet auf deine Antwort.',
    inApp:
      'Das ist der Browser einer anderen App. Wenn du woanders angemeldet bist, öffne diese Seite über ihr Menü in deinem gewohnten Browser. Der Code kommt mit.',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    submit: 'Anmelden',
    newHere: 'Neu hier?',
    create: 'Konto erstellen',
    switchAccount: 'Anderes Konto verwenden',
    or: 'oder',
    passkey: 'Mit Passkey anmelden',
    passkeyProblem:
      'Es wurde kein Passkey verwendet. Versuch es noch einmal oder melde dich anders an.',
    refused: 'E-Mail-Adresse und Passwort passen nicht zusammen.',
    continueWith: (provider) => `Weiter mit ${isolate(provider)}`,
    cancelled: (provider) =>
      `Du hast die Anmeldung bei ${isolate(provider)} abgebrochen. Versuch es noch einmal.`,
    failed: (provider) =>
      `Die Anmeldung bei ${isolate(provider)} hat nicht geklappt. Bitte versuch es gleich noch einmal.`,
    stale: (provider, ago) =>
      `Bei ${isolate(provider)} hast du dich zuletzt ${isolate(ago)} angemeldet. Das ist zu lange her, und eine neue Anmeldung wurde dort nicht verlangt. ` +
      'Melde dich dort ab und versuch es dann noch einmal.',
    untold: (provider) =>
      `${isolate(provider)} teilt uns nicht mit, wann du dich dort zuletzt angemeldet hast. Deshalb können wir diese Anmeldung nicht annehmen. ` +
      'Bitte gib dem Support dieses Dienstes Bescheid.',
    ended:
      'Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Bitte fang noch einmal an.',
    disabled:
      'Dieses Konto wurde gesperrt. Wenn du das für einen Irrtum hältst, wende dich an den Support dieses Dienstes.',
    wait: (seconds) =>
      `Zu viele Versuche. Versuch es in ${waitingTime('de', seconds)} noch einmal.`,
  },

  createAccount: {
    title: 'Konto erstellen',
    problemTitle: 'Problem beim Erstellen des Kontos',
    name: 'Name',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    passwordHint: 'Mindestens 15 Zeichen. Gut sind ein paar Wörter, die du dir merken kannst.',
    submit: 'Konto erstellen',
    haveOne: 'Du hast schon ein Konto?',
    signIn: 'Anmelden',
    problems: {
      name: {
        missing: 'Gib deinen Namen ein.',
        too_long: 'Nimm einen kürzeren Namen mit höchstens 64 Zeichen.',
      },
      email: {
        malformed: 'Gib eine Adresse wie name@example.com ein.',
        too_long: 'Gib eine kürzere Adresse mit höchstens 254 Zeichen ein.',
        taken: 'Zu dieser Adresse gibt es schon ein Konto. Melde dich stattdessen an.',
      },
      password: {
        too_short: 'Das ist zu kurz.',
        too_long: 'Nimm höchstens 256 Zeichen.',
        common: 'Dieses Passwort wird mit als Erstes erraten. Nimm ein anderes.',
        personal: 'Bilde es nicht aus deinem Namen, deiner Adresse oder dem Namen dieses Dienstes.',
        repetitive: 'Wiederhole nicht immer dieselben Zeichen.',
      },
    },
  },

  device: {
    unnamed: 'Ein Gerät',
    television: (make) => `${make}-Fernseher`,
  },

  confirm: {
    title: (client) => `Ein Gerät mit ${isolate(client)} verbinden?`,
    signedIn: 'Angemeldet:',
    switchAccount: 'Konto wechseln',
    sameCode: 'Zeigt dein Gerät diesen Code?',
    timeLeft: (minutes) =>
      minutes > 1
        ? `Noch ${counted('de', minutes, 'minute')} gültig`
        : 'Noch etwa eine Minute gültig',
    until: (time) => `Gilt bis ${isolate(time)}`,
    otherCode: 'Anderen Code eingeben',
    device: 'Gerät',
    deviceName: 'Name',
    place: 'Ort',
    network: 'Netzwerk',
    askedAt: 'Angefragt',
    scopes: 'Es darf dann',
    resources: (hosts) => `Bei ${hosts.map(isolate).join(', ')}`,
    proximity: {
      same_network: 'Im selben Netzwerk wie du',
      same_operator: 'Gleicher Internetanbieter und gleiches Land wie bei dir',
      same_city: 'In derselben Stadt wie du',
      same_country: 'Im selben Land wie du',
      far: 'In einem anderen Land als du',
    },
    check: {
      title: 'Hast du dieses Gerät vor dir?',
      text:
        'Vielleicht ist es nicht in deiner Nähe. ' +
        'Jemand anderes könnte versuchen, mit deinem Konto hineinzukommen.',
      code: 'Code auf dem Bildschirm des Geräts',
      codeHint: 'Lies ihn vom Gerät ab, nicht aus einer Nachricht.',
      inFront: 'Ich habe das Gerät vor mir',
      codeProblem: 'Das ist nicht der Code auf diesem Gerät.',
      inFrontProblem: 'Setz das Häkchen nur, wenn das Gerät wirklich bei dir ist.',
    },
    problemTitle: 'Problem mit deiner Antwort',
    tooFar: {
      title: 'Dieses Gerät ist zu weit weg',
      text: (client) =>
        `Es ist nicht dort, wo du bist, und ${isolate(client)} lässt solche Geräte nicht zu.`,
      vpn: 'Nutzt du ein VPN? Schalte es auf deinem Handy und deinem Gerät aus und versuch es noch einmal.',
    },
    report: 'Das habe ich nicht gestartet',
    warning: 'Erlaube das nur, wenn du es auf deinem eigenen Gerät gestartet hast.',
    never:
      'Bestätige nie einen Code, den dir jemand per E\u2011Mail, Chat oder Telefon geschickt hat.',
    deny: 'Ablehnen',
    allow: 'Erlauben',
  },

  unverified: {
    label: (brand) => `Nicht von ${isolate(brand)} geprüft`,
    inSentence: (client, brand) => `${isolate(client)} (nicht von ${isolate(brand)} geprüft)`,
  },

  scopes: {
    openid: 'Wissen, dass du es bist',
    profile: 'Deinen Namen sehen',
    email: 'Deine E-Mail-Adresse sehen',
    offline_access: 'Auf diesem Gerät angemeldet bleiben',
    'device:approve': 'In deinem Namen weitere Geräte zulassen',
  },

  ended: {
    expired: {
      title: 'Dieser Code ist abgelaufen',
      text: 'Es wurde nichts verbunden. Hol dir auf deinem Gerät einen neuen Code und gib ihn hier ein.',
    },
    answered: {
      title: 'Dieser Code wurde schon beantwortet',
      text: 'Das geschah mit einem anderen Konto oder durch jemand anderen, und jeder Code gilt nur einmal. Um das Gerät selbst zu verbinden, hol dir dort einen neuen Code.',
    },
    stopped: {
      title: 'Dieser Code wurde gesperrt',
      text: 'Mehrere Personen haben ihn geöffnet, wie es bei weitergegebenen Codes geschieht. Es wurde nichts verbunden. Nimm nur einen Code, den dein eigenes Gerät anzeigt.',
    },
    clientGone: {
      title: 'Diese App kann sich nicht mehr verbinden',
      text: (brand) =>
        `${isolate(brand)} kennt die App auf diesem Gerät nicht mehr. Es wurde nichts freigegeben. Aktualisiere die App und hol dir dann einen neuen Code.`,
    },
    action: 'Neuen Code eingeben',
  },

  result: {
    approved: {
      title: 'Dein Gerät ist verbunden',
      next: 'Weiter geht’s auf deinem Fernseher.',
      detail: (client, device) =>
        `${isolate(client)} ist auf ${isolate(device)} bereit. Du kannst diese Seite schließen.`,
    },
    denied: {
      title: 'Es wurde nichts freigegeben',
      next: 'Du hast es nicht erlaubt.',
      detail: (client, device) =>
        `${isolate(device)} ist nicht mit ${isolate(client)} verbunden. ` +
        'Falls du das nicht gestartet hast, hast du alles richtig gemacht.',
    },
    reported: {
      title: 'Die Anfrage wurde gestoppt',
      next: 'Das Gerät hat keinen Zugang bekommen.',
      detail: (client, device) =>
        `${isolate(device)} ist nicht mit ${isolate(client)} verbunden. ` +
        'Wer dir den Code geschickt hat, kann nichts mehr damit anfangen.',
    },
    withdrawn: {
      title: 'Das Gerät wurde entfernt',
      next: 'Du bist überall abgemeldet.',
      detail: (client, device) =>
        `${isolate(device)} ist nicht mehr mit ${isolate(client)} verbunden. ` +
        'Melde dich wieder an, um zu sehen, was sonst noch verbunden ist.',
    },
    mistake:
      'Wenn das ein Versehen war, hol dir auf deinem Gerät einen neuen Code und gib ihn hier ein.',
    notMe: 'Das war ich nicht',
    notMeHint: 'Entfernt das Gerät und meldet dich überall ab.',
    passkey: {
      title: 'Nächstes Mal ohne Passwort',
      text: 'Mit einem Passkey meldest du dich per Fingerabdruck, Gesicht oder Displaysperre an.',
    },
  },

  sure: {
    device: {
      title: (device) => `${isolate(device)} entfernen?`,
      text: 'Das Gerät wird sofort abgemeldet und braucht danach einen neuen Code.',
      yes: 'Entfernen',
    },
    passkey: {
      title: (name) => `Passkey ${isolate(name)} entfernen?`,
      text: 'Du kannst dich hier dann nicht mehr damit anmelden.',
      yes: 'Entfernen',
    },
    notMe: {
      title: (device) => `${isolate(device)} entfernen und abmelden?`,
      text: 'Das Gerät verliert den Zugang, und du wirst überall abgemeldet.',
      yes: 'Entfernen und abmelden',
    },
    back: 'Behalten',
  },

  devices: {
    title: 'Meine Geräte',
    person: 'Angemeldet:',
    signOut: 'Abmelden',
    connected: 'Verbundene Geräte',
    noDevices: 'Kein Gerät ist verbunden.',
    service: 'Dienst',
    place: 'Ort',
    allowedAt: 'Erlaubt',
    waiting: 'Wartet auf das Gerät',
    connectedAt: 'Verbunden',
    usedAt: 'Zuletzt benutzt',
    rename: 'Umbenennen',
    renameLabel: (name) => `Neuer Name für ${isolate(name)}`,
    save: 'Speichern',
    remove: 'Entfernen',
    removeLabel: (name) => `${isolate(name)} entfernen`,
    passkeys: 'Passkeys',
    noPasskeys: 'Du hast noch keinen Passkey. Mit einem meldest du dich ohne Passwort an.',
    addPasskey: 'Passkey hinzufügen',
    addProblem: 'Es wurde kein Passkey hinzugefügt. Bitte versuch es noch einmal.',
    passkeysFull:
      'Mehr Passkeys kann ein Konto nicht speichern. Entferne einen, um einen anderen hinzuzufügen.',
    newPasskey: (browser) => `Passkey von ${isolate(browser)}`,
    addedAt: 'Hinzugefügt',
    never: 'Noch nie',
    prompts: {
      title: 'Benachrichtigungen zur Anmeldung',
      text: 'Wenn sich in deiner Nähe ein Gerät anmelden will, das dich kennt, zeigen die Browser, die du dafür wählst, eine Benachrichtigung. Erlaubt wird nichts, bevor du sie öffnest und antwortest.',
      ask: 'In diesem Browser fragen',
      unsupported: 'Dieser Browser kann keine Benachrichtigungen zeigen.',
      problem:
        'Dieser Browser lässt keine Benachrichtigungen zu. Erlaube sie in seinen Einstellungen und versuch es noch einmal.',
      since: 'Seit',
      stop: 'Nicht mehr fragen',
      stopLabel: (browser) => `Auf ${isolate(browser)} nicht mehr fragen`,
    },
    sessions: 'Wo du angemeldet bist',
    thisBrowser: 'Dieser Browser',
    signedInAt: 'Angemeldet',
    endSession: 'Abmelden',
    endSessionLabel: (browser) => `${isolate(browser)} abmelden`,
    everywhere: 'Überall abmelden',
    everywhereHint: 'Beendet alle Sitzungen, auch diese.',
    withDevices: 'Auch alle Geräte entfernen',
    activity: 'Letzte Aktivitäten',
    noActivity: 'Noch nichts.',
    events: {
      signed_in: (about) => `Angemeldet: ${isolate(about)}`,
      device_allowed: (about) => `${isolate(about)} erlaubt, noch nicht angemeldet`,
      device_lapsed: (about) => `${isolate(about)} erlaubt, aber nie angemeldet`,
      device_connected: (about) => `Verbunden: ${isolate(about)}`,
      device_removed: (about) => `Gerät entfernt: ${isolate(about)}`,
      device_reported: (about) => `Gerät entfernt, das nicht deins war: ${isolate(about)}`,
      request_reported: (about) => `Anfrage gestoppt: ${isolate(about)}`,
      collected_elsewhere: (about) =>
        `Gerät gestoppt, das nicht dort war, wo du es zugelassen hast: ${isolate(about)}`,
      signed_out_everywhere: () => 'Überall abgemeldet',
      passkey_added: (about) => `Passkey hinzugefügt: ${isolate(about)}`,
      passkey_removed: (about) => `Passkey entfernt: ${isolate(about)}`,
    },
    something: 'unbekannt',
    done: {
      renamed: 'Der neue Name ist gespeichert.',
      removed: (device) => `${isolate(device)} wurde entfernt.`,
      passkeyAdded: 'Dein Passkey ist bereit.',
      passkeyRemoved: (name) =>
        `Der Passkey ${isolate(name)} wurde hier entfernt. Lösch ihn auch auf deinem eigenen Gerät.`,
      sessionEnded: 'Dieser Browser ist abgemeldet.',
      browserAsked: 'Dieser Browser fragt dich ab jetzt.',
      browserNotAsked: 'Dort wirst du nicht mehr gefragt.',
    },
  },

  notification: {
    title: (device) => `Auf ${isolate(device)} anmelden?`,
    text: (client, place) =>
      `${isolate(client)}, aus ${isolate(place)}. Mach nur weiter, wenn du das gerade gestartet hast.`,
    notMe: 'Nicht ich',
  },

  problem: {
    missing: {
      title: 'Diese Seite gibt es nicht',
      text: 'Prüf die Adresse oder fang mit deinem Code an.',
    },
    forbidden: {
      title: 'Das kam nicht von dieser Seite',
      text:
        'Das Formular war zu alt oder kam von woanders. Es wurde nichts geändert. ' +
        'Bitte versuch es noch einmal.',
    },
    outdated: {
      title: 'Diese Seite ist veraltet',
      text: 'Du hast dich inzwischen an- oder abgemeldet, vielleicht in einem anderen Tab. Es wurde nichts geändert. Bitte versuch es noch einmal.',
    },
    cookies: {
      title: 'Diese Seite braucht Cookies',
      text:
        'Erlaube Cookies für diese Website, damit dein Code während der Anmeldung erhalten ' +
        'bleibt, und fang noch einmal an.',
    },
    tooLarge: { title: 'Das war zu groß', text: 'Das Formular war größer, als es sein darf.' },
    unavailable: {
      title: 'Hier ist etwas schiefgelaufen',
      text: 'Bitte versuch es gleich noch einmal. Wenn du gerade etwas abgeschickt hast, siehst du dort, ob es geklappt hat.',
    },
    requestId: 'Vorgangsnummer:',
    tooMany: {
      title: 'Zu viele Versuche',
      text: (seconds) => `Versuch es in ${waitingTime('de', seconds)} noch einmal.`,
      kept: 'Dein Code bleibt erhalten.',
      over: 'Du kannst es jetzt noch einmal versuchen.',
      again: 'Noch einmal versuchen',
    },
    start: 'Code eingeben',
  },

  authorize: {
    title: 'Die Anmeldung beginnt auf deinem Gerät',
    text:
      'Unter dieser Adresse kann sich niemand anmelden (unsupported_response_type). ' +
      'Öffne die App auf deinem Fernseher und folge dem, was sie zeigt.',
    action: 'Ich habe einen Code',
  },

  placeAndTime: {
    place: (parts) => parts.join(', '),
    justNow: 'gerade eben',
  },
}
