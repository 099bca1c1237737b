// Spanish, for Spain and the Americas alike.
import type { Messages } from '../language.ts'
import { isolate } from './isolate.ts'
import { counted, waitingTime } from './waiting-time.ts'

export const es: Messages = {
  layout: {
    footer: (brand) => `${isolate(brand)} nunca pide un código por correo, chat o teléfono.`,
    devices: 'Mis dispositivos',
    support: 'Ayuda',
    terms: 'Condiciones',
    privacy: 'Privacidad',
  },

  form: {
    show: { before: '', visible: 'Mostrar', after: 'contraseña' },
    hide: { before: '', visible: 'Ocultar', after: 'contraseña' },
  },

  enterCode: {
    title: 'Conecta tu dispositivo',
    problemTitle: 'Problema con el código',
    label: 'Código',
    hint: {
      letters: 'El código que ves en tu TV, como WDJB-MJHT',
      digits: 'El código que ves en tu TV, como 019-450-730',
      either: 'El código que ves en tu TV, como WDJB-MJHT o 019-450-730',
    },
    byLink: {
      text: 'Si has escaneado el código QR de tu TV, pulsa Continuar. También puedes escribir el código que aparece en ella.',
      warning: 'Si alguien te ha enviado este enlace, cierra esta página.',
    },
    submit: 'Continuar',
    malformed: {
      letters: 'El código tiene 8 letras. Míralo en tu dispositivo e inténtalo de nuevo.',
      digits: 'El código tiene 9 cifras. Míralo en tu dispositivo e inténtalo de nuevo.',
      either: 'El código tiene 8 letras o 9 cifras. Míralo en tu dispositivo e inténtalo de nuevo.',
    },
    inNoCode: {
      letters: (found) =>
        `Los códigos no tienen vocales (ni Y) ni cifras: vuelve a mirar ${found.map(isolate).join(', ')}.`,
      digits: (found) =>
        `Los códigos solo tienen cifras: vuelve a mirar ${found.map(isolate).join(', ')}.`,
      either: (found) =>
        `Los códigos no tienen vocales (ni Y): vuelve a mirar ${found.map(isolate).join(', ')}.`,
    },
    notValid:
      'Este código no es válido o ha caducado. ' +
      'Compruébalo u obtén uno nuevo en tu dispositivo.',
  },

  signIn: {
    title: 'Inicia sesión',
    againTitle: 'Inicia sesión de nuevo',
    again: 'Para asegurarnos de que eres tú, inicia sesión una vez más.',
    problemTitle: 'Problema al iniciar sesión',
    waiting: 'Un dispositivo espera tu respuesta.',
    inApp:
      'Este es el navegador de otra aplicación. Si has iniciado sesión en otro, abre esta página desde su menú en tu navegador habitual. El código se conserva.',
    email: 'Correo electrónico',
    password: 'Contraseña',
    submit: 'Iniciar sesión',
    newHere: '¿Primera vez aquí?',
    create: 'Crea una cuenta',
    switchAccount: 'Usar otra cuenta',
    or: 'o',
    passkey: 'Usar una llave de acceso',
    passkeyProblem:
      'No se ha usado ninguna llave de acceso. Inténtalo de nuevo o inicia sesión de otra forma.',
    refused: 'Ese correo y esa contraseña no coinciden.',
    continueWith: (provider) => `Continuar con ${isolate(provider)}`,
    cancelled: (provider) =>
      `No has terminado de iniciar sesión en ${isolate(provider)}. Inténtalo de nuevo.`,
    failed: (provider) =>
      `No se ha podido iniciar sesión en ${isolate(provider)}. Inténtalo de nuevo en un momento.`,
    stale: (provider, ago) =>
      `La última vez que iniciaste sesión en ${isolate(provider)} fue ${isolate(ago)}. Es demasiado tiempo, y allí no te han pedido que la inicies de nuevo. ` +
      'Cierra la sesión allí e inténtalo de nuevo.',
    untold: (provider) =>
      `${isolate(provider)} no nos dice cuándo iniciaste sesión allí por última vez, así que no podemos aceptar este inicio de sesión. ` +
      'Avisa al equipo de asistencia de este servicio.',
    ended:
      'Este inicio de sesión ha tardado demasiado o se empezó en otro navegador. Vuelve a empezar.',
    disabled:
      'Esta cuenta está desactivada. Si crees que es un error, contacta con el equipo de asistencia de este servicio.',
    wait: (seconds) => `Demasiados intentos. Inténtalo de nuevo en ${waitingTime('es', seconds)}.`,
  },

  createAccount: {
    title: 'Crea tu cuenta',
    problemTitle: 'Problema al crear tu cuenta',
    name: 'Nombre',
    email: 'Correo electrónico',
    password: 'Contraseña',
    passwordHint: 'Al menos 15 caracteres. Van bien unas cuantas palabras que recuerdes.',
    submit: 'Crear cuenta',
    haveOne: '¿Ya tienes cuenta?',
    signIn: 'Inicia sesión',
    problems: {
      name: {
        missing: 'Escribe tu nombre.',
        too_long: 'Usa un nombre más corto, de 64 caracteres como máximo.',
      },
      email: {
        malformed: 'Escribe una dirección como nombre@example.com.',
        too_long: 'Escribe una dirección más corta, de 254 caracteres como máximo.',
        taken: 'Ya hay una cuenta con esta dirección. Inicia sesión con ella.',
      },
      password: {
        too_short: 'Es demasiado corta.',
        too_long: 'Usa 256 caracteres como máximo.',
        common: 'Esta contraseña es de las primeras que se adivinan. Elige otra.',
        personal: 'No la formes con tu nombre, tu dirección o el nombre de este servicio.',
        repetitive: 'No repitas siempre los mismos caracteres.',
      },
    },
  },

  device: {
    unnamed: 'Un dispositivo',
    television: (make) => `TV ${make}`,
  },

  confirm: {
    title: (client) => `¿Conectar un dispositivo a ${isolate(client)}?`,
    signedIn: 'Sesión iniciada:',
    switchAccount: 'Cambiar de cuenta',
    sameCode: '¿Tu dispositivo muestra este código?',
    timeLeft: (minutes) =>
      minutes > 1
        ? `Válido por ${counted('es', minutes, 'minute')} más`
        : 'Válido por un minuto aproximadamente',
    until: (time) => `Válido hasta las ${isolate(time)}`,
    otherCode: 'Introducir otro código',
    device: 'Dispositivo',
    deviceName: 'Nombre',
    place: 'Ubicación',
    network: 'Red',
    askedAt: 'Solicitado',
    scopes: 'Podrá',
    resources: (hosts) => `En ${hosts.map(isolate).join(', ')}`,
    proximity: {
      same_network: 'En la misma red que tú',
      same_operator: 'Con el mismo proveedor de internet y en el mismo país que tú',
      same_city: 'En la misma ciudad que tú',
      same_country: 'En el mismo país que tú',
      far: 'En un país distinto de donde estás',
    },
    check: {
      title: '¿Tienes este dispositivo contigo?',
      text: 'Puede que no esté cerca de ti. Otra persona podría estar intentando entrar con tu cuenta.',
      code: 'Código en la pantalla del dispositivo',
      codeHint: 'Léelo en el propio dispositivo, no en un mensaje.',
      inFront: 'Tengo el dispositivo delante',
      codeProblem: 'Ese no es el código que muestra este dispositivo.',
      inFrontProblem: 'Marca esta casilla solo si de verdad tienes el dispositivo contigo.',
    },
    problemTitle: 'Problema con tu respuesta',
    tooFar: {
      title: 'Este dispositivo está demasiado lejos',
      text: (client) => `No está donde estás tú, y ${isolate(client)} no admite dispositivos así.`,
      vpn: '¿Usas una VPN? Desactívala en tu teléfono y en tu dispositivo e inténtalo de nuevo.',
    },
    report: 'Yo no he iniciado esto',
    warning: 'Permítelo solo si tú has iniciado esto en tu propio dispositivo.',
    never: 'Nunca apruebes un código que alguien te haya enviado por correo, chat o teléfono.',
    deny: 'No permitir',
    allow: 'Permitir',
  },

  unverified: {
    label: (brand) => `No verificado por ${isolate(brand)}`,
    inSentence: (client, brand) => `${isolate(client)} (no verificado por ${isolate(brand)})`,
  },

  scopes: {
    openid: 'Saber que eres tú',
    profile: 'Ver tu nombre',
    email: 'Ver tu correo electrónico',
    offline_access: 'Mantener la sesión iniciada en este dispositivo',
    'device:approve': 'Permitir otros dispositivos en tu nombre',
  },

  ended: {
    expired: {
      title: 'Este código ha caducado',
      text: 'No se ha conectado nada. Obtén un código nuevo en tu dispositivo e introdúcelo aquí.',
    },
    answered: {
      title: 'Ya se ha respondido a este código',
      text: 'Se hizo con otra cuenta o lo hizo otra persona, y cada código sirve una sola vez. Para conectar tú el dispositivo, obtén en él un código nuevo.',
    },
    stopped: {
      title: 'Este código se ha bloqueado',
      text: 'Lo han abierto varias personas, como pasa con los códigos que se reenvían. No se ha conectado nada. Usa solo un código que muestre tu propio dispositivo.',
    },
    clientGone: {
      title: 'Esta aplicación ya no puede conectarse',
      text: (brand) =>
        `${isolate(brand)} ya no reconoce la aplicación de este dispositivo. No se ha compartido nada. Actualiza la aplicación y obtén después un código nuevo.`,
    },
    action: 'Introducir un código nuevo',
  },

  result: {
    approved: {
      title: 'Tu dispositivo está conectado',
      next: 'Vuelve a tu TV.',
      detail: (client, device) =>
        `Ya puedes usar ${isolate(client)} en ${isolate(device)}. Puedes cerrar esta página.`,
    },
    denied: {
      title: 'No se ha compartido nada',
      next: 'No lo has permitido.',
      detail: (client, device) =>
        `El dispositivo ${isolate(device)} no está conectado a ${isolate(client)}. ` +
        'Si no has iniciado esto, has hecho lo correcto.',
    },
    reported: {
      title: 'La solicitud se ha detenido',
      next: 'El dispositivo no ha obtenido acceso.',
      detail: (client, device) =>
        `El dispositivo ${isolate(device)} no está conectado a ${isolate(client)}. ` +
        'Quien te envió el código ya no puede usarlo.',
    },
    withdrawn: {
      title: 'El dispositivo se ha quitado',
      next: 'Se han cerrado todas tus sesiones.',
      detail: (client, device) =>
        `El dispositivo ${isolate(device)} ya no está conectado a ${isolate(client)}. ` +
        'Inicia sesión de nuevo para ver qué más está conectado.',
    },
    mistake: 'Si ha sido un error, obtén un código nuevo en tu dispositivo e introdúcelo aquí.',
    notMe: 'No fui yo',
    notMeHint: 'Quita el dispositivo y cierra todas tus sesiones.',
    passkey: {
      title: 'La próxima vez, sin contraseña',
      text: 'Con una llave de acceso inicias sesión con tu huella, tu cara o el bloqueo de pantalla.',
    },
  },

  sure: {
    device: {
      title: (device) => `¿Quitar ${isolate(device)}?`,
      text: 'Se cierra su sesión al momento y necesitará un código nuevo para volver.',
      yes: 'Quitar',
    },
    passkey: {
      title: (name) => `¿Quitar la llave de acceso ${isolate(name)}?`,
      text: 'Ya no podrás usarla para iniciar sesión aquí.',
      yes: 'Quitar',
    },
    notMe: {
      title: (device) => `¿Quitar ${isolate(device)} y cerrar sesión?`,
      text: 'El dispositivo pierde el acceso y se cierra tu sesión en todas partes.',
      yes: 'Quitar y cerrar sesión',
    },
    back: 'Conservar',
  },

  devices: {
    title: 'Mis dispositivos',
    person: 'Sesión iniciada:',
    signOut: 'Cerrar sesión',
    connected: 'Dispositivos conectados',
    noDevices: 'No hay ningún dispositivo conectado.',
    service: 'Servicio',
    place: 'Ubicación',
    allowedAt: 'Permitido',
    waiting: 'Esperando al dispositivo',
    connectedAt: 'Conectado',
    usedAt: 'Último uso',
    rename: 'Cambiar nombre',
    renameLabel: (name) => `Nuevo nombre para ${isolate(name)}`,
    save: 'Guardar',
    remove: 'Quitar',
    removeLabel: (name) => `Quitar ${isolate(name)}`,
    passkeys: 'Llaves de acceso',
    noPasskeys: 'Todavía no tienes ninguna llave de acceso. Con una inicias sesión sin contraseña.',
    addPasskey: 'Añadir una llave de acceso',
    addProblem: 'No se ha añadido ninguna llave de acceso. Inténtalo de nuevo.',
    passkeysFull: 'Tu cuenta no puede guardar más llaves de acceso. Quita una para añadir otra.',
    newPasskey: (browser) => `Llave de acceso de ${isolate(browser)}`,
    addedAt: 'Añadida',
    never: 'Nunca',
    prompts: {
      title: 'Avisos de inicio de sesión',
      text: 'Cuando un dispositivo que te conoce quiere iniciar sesión cerca de ti, los navegadores que elijas te muestran una notificación. No se permite nada hasta que la abres y respondes.',
      ask: 'Preguntarme en este navegador',
      unsupported: 'Este navegador no puede mostrar notificaciones.',
      problem:
        'Este navegador no permite notificaciones. Actívalas en sus ajustes e inténtalo de nuevo.',
      since: 'Desde',
      stop: 'Dejar de preguntar',
      stopLabel: (browser) => `Dejar de preguntar en ${isolate(browser)}`,
    },
    sessions: 'Dónde has iniciado sesión',
    thisBrowser: 'Este navegador',
    signedInAt: 'Inicio de sesión',
    endSession: 'Cerrar sesión',
    endSessionLabel: (browser) => `Cerrar sesión en ${isolate(browser)}`,
    everywhere: 'Cerrar todas las sesiones',
    everywhereHint: 'Cierra todas las sesiones, también esta.',
    withDevices: 'Quitar también todos los dispositivos',
    activity: 'Actividad reciente',
    noActivity: 'Todavía nada.',
    events: {
      signed_in: (about) => `Inicio de sesión: ${isolate(about)}`,
      device_allowed: (about) => `${isolate(about)} permitido, aún sin iniciar sesión`,
      device_lapsed: (about) => `${isolate(about)} permitido, pero nunca inició sesión`,
      device_connected: (about) => `Conectado: ${isolate(about)}`,
      device_removed: (about) => `Dispositivo quitado: ${isolate(about)}`,
      device_reported: (about) => `Dispositivo quitado porque no era tuyo: ${isolate(about)}`,
      request_reported: (about) => `Solicitud detenida: ${isolate(about)}`,
      collected_elsewhere: (about) =>
        `Dispositivo detenido porque no estaba donde lo permitiste: ${isolate(about)}`,
      signed_out_everywhere: () => 'Se cerraron todas las sesiones',
      passkey_added: (about) => `Llave de acceso añadida: ${isolate(about)}`,
      passkey_removed: (about) => `Llave de acceso quitada: ${isolate(about)}`,
    },
    something: 'sin identificar',
    done: {
      renamed: 'El nuevo nombre se ha guardado.',
      removed: (device) => `Se ha quitado ${isolate(device)}.`,
      passkeyAdded: 'Tu llave de acceso está lista.',
      passkeyRemoved: (name) =>
        `Se ha quitado la llave de acceso ${isolate(name)} de aquí. Elimínala también en tu propio dispositivo.`,
      sessionEnded: 'Se ha cerrado la sesión en ese navegador.',
      browserAsked: 'Este navegador te preguntará.',
      browserNotAsked: 'Ese navegador ya no te preguntará.',
    },
  },

  notification: {
    title: (device) => `¿Iniciar sesión en ${isolate(device)}?`,
    text: (client, place) =>
      `${isolate(client)}, desde ${isolate(place)}. Continúa solo si acabas de iniciar esto.`,
    notMe: 'No he sido yo',
  },

  problem: {
    missing: {
      title: 'Esta página no existe',
      text: 'Comprueba la dirección o empieza con tu código.',
    },
    forbidden: {
      title: 'Eso no venía de esta página',
      text:
        'El formulario era demasiado antiguo o venía de otro sitio. No se ha cambiado nada. ' +
        'Inténtalo de nuevo.',
    },
    outdated: {
      title: 'Esta página está desactualizada',
      text: 'Desde entonces has iniciado o cerrado sesión, quizá en otra pestaña. No se ha cambiado nada. Inténtalo de nuevo.',
    },
    cookies: {
      title: 'Esta página necesita cookies',
      text:
        'Permite las cookies de este sitio para que tu código se conserve mientras inicias ' +
        'sesión, y empieza de nuevo.',
    },
    tooLarge: {
      title: 'Es demasiado grande',
      text: 'El formulario era más grande de lo permitido.',
    },
    unavailable: {
      title: 'Algo ha fallado aquí',
      text: 'Inténtalo de nuevo en un momento. Si acababas de pulsar un botón, la página te mostrará si ha funcionado.',
    },
    requestId: 'ID de la solicitud:',
    tooMany: {
      title: 'Demasiados intentos',
      text: (seconds) => `Inténtalo de nuevo en ${waitingTime('es', seconds)}.`,
      kept: 'Conservamos tu código.',
      over: 'Ya puedes intentarlo de nuevo.',
      again: 'Intentar de nuevo',
    },
    start: 'Introducir un código',
  },

  authorize: {
    title: 'El inicio de sesión empieza en tu dispositivo',
    text:
      'En esta dirección nadie puede iniciar sesión (unsupported_response_type). ' +
      'Abre la app en tu TV y sigue lo que muestra.',
    action: 'Tengo un código',
  },

  placeAndTime: {
    place: (parts) => parts.join(', '),
    justNow: 'ahora mismo',
  },
}
