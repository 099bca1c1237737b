// French. \u202f is the narrow no-break space before : ? and !, \u2011 the hyphen at which no line
// ends.
import type { Messages } from '../language.ts'
import { isolate } from './isolate.ts'
import { counted, waitingTime } from './waiting-time.ts'

export const fr: Messages = {
  layout: {
    footer: (brand) =>
      `${isolate(brand)} ne demande jamais de code par e\u2011mail, chat ou téléphone.`,
    devices: 'Mes appareils',
    support: 'Aide',
    terms: 'Conditions',
    privacy: 'Confidentialité',
  },

  form: {
    show: { before: '', visible: 'Afficher', after: 'le mot de passe' },
    hide: { before: '', visible: 'Masquer', after: 'le mot de passe' },
  },

  enterCode: {
    title: 'Associez votre appareil',
    problemTitle: 'Problème avec le code',
    label: 'Code',
    hint: {
      letters: 'Le code affiché sur votre TV, par exemple WDJB-MJHT',
      digits: 'Le code affiché sur votre TV, par exemple 019-450-730',
      either: 'Le code affiché sur votre TV, par exemple WDJB-MJHT ou 019-450-730',
    },
    byLink: {
      text: 'Si vous avez scanné le code QR affiché sur votre TV, appuyez sur Continuer. Vous pouvez aussi saisir le code qu’elle affiche.',
      warning: 'Si quelqu’un vous a envoyé ce lien, fermez cette page.',
    },
    submit: 'Continuer',
    malformed: {
      letters: 'Le code comporte 8 lettres. Vérifiez-le sur votre appareil, puis réessayez.',
      digits: 'Le code comporte 9 chiffres. Vérifiez-le sur votre appareil, puis réessayez.',
      either:
        'Le code comporte 8 lettres ou 9 chiffres. Vérifiez-le sur votre appareil, puis réessayez.',
    },
    inNoCode: {
      letters: (found) =>
        `Les codes ne contiennent ni voyelle (ni Y) ni chiffre : regardez de nouveau ${found.map(isolate).join(', ')}.`,
      digits: (found) =>
        `Les codes ne contiennent que des chiffres : regardez de nouveau ${found.map(isolate).join(', ')}.`,
      either: (found) =>
        `Les codes ne contiennent aucune voyelle (ni Y) : regardez de nouveau ${found.map(isolate).join(', ')}.`,
    },
    notValid:
      'Ce code n’est pas valide ou a expiré. ' +
      'Vérifiez-le ou obtenez-en un nouveau sur votre appareil.',
  },

  signIn: {
    title: 'Connectez-vous',
    againTitle: 'Reconnectez-vous',
    again: 'Pour nous assurer que c’est bien vous, connectez-vous encore une fois.',
    problemTitle: 'Problème de connexion',
    waiting: 'Un appareil attend votre réponse.',
    inApp:
      'Ceci est le navigateur d’une autre application. Si vous êtes connecté ailleurs, ouvrez cette page dans votre navigateur habituel depuis son menu. Le code est conservé.',
    email: 'Adresse e-mail',
    password: 'Mot de passe',
    submit: 'Se connecter',
    newHere: 'Première visite\u202f?',
    create: 'Créez un compte',
    switchAccount: 'Utiliser un autre compte',
    or: 'ou',
    passkey: 'Utiliser une clé d’accès (passkey)',
    passkeyProblem: 'Aucune clé d’accès n’a été utilisée. Réessayez ou connectez-vous autrement.',
    refused: 'Cette adresse et ce mot de passe ne vont pas ensemble.',
    continueWith: (provider) => `Continuer avec ${isolate(provider)}`,
    cancelled: (provider) =>
      `Vous n’avez pas terminé la connexion auprès de ${isolate(provider)}. Veuillez réessayer.`,
    failed: (provider) =>
      `La connexion auprès de ${isolate(provider)} a échoué. Veuillez réessayer dans un instant.`,
    stale: (provider, ago) =>
      `Votre dernière connexion auprès de ${isolate(provider)} a eu lieu ${isolate(ago)}. C’est trop ancien, et vous n’avez pas été invité à vous y reconnecter. ` +
      'Déconnectez-vous là-bas, puis réessayez.',
    untold: (provider) =>
      `${isolate(provider)} ne nous indique pas quand vous vous y êtes connecté pour la dernière fois. Nous ne pouvons donc pas accepter cette connexion. ` +
      'Veuillez prévenir l’assistance de ce service.',
    ended:
      'Cette connexion a pris trop de temps ou a été commencée dans un autre navigateur. Veuillez recommencer.',
    disabled:
      'Ce compte a été désactivé. Si vous pensez qu’il s’agit d’une erreur, contactez l’assistance de ce service.',
    wait: (seconds) => `Trop de tentatives. Réessayez dans ${waitingTime('fr', seconds)}.`,
  },

  createAccount: {
    title: 'Créez votre compte',
    problemTitle: 'Problème lors de la création du compte',
    name: 'Nom',
    email: 'Adresse e-mail',
    password: 'Mot de passe',
    passwordHint:
      'Au moins 15 caractères. Quelques mots que vous retiendrez font très bien l’affaire.',
    submit: 'Créer un compte',
    haveOne: 'Déjà un compte\u202f?',
    signIn: 'Connectez-vous',
    problems: {
      name: {
        missing: 'Saisissez votre nom.',
        too_long: 'Choisissez un nom plus court, de 64 caractères au maximum.',
      },
      email: {
        malformed: 'Saisissez une adresse comme nom@example.com.',
        too_long: 'Saisissez une adresse plus courte, de 254 caractères au maximum.',
        taken: 'Un compte existe déjà avec cette adresse. Connectez-vous plutôt.',
      },
      password: {
        too_short: 'C’est trop court.',
        too_long: 'Utilisez 256 caractères au maximum.',
        common: 'Ce mot de passe est l’un des premiers que l’on devine. Choisissez-en un autre.',
        personal:
          'Ne le composez pas à partir de votre nom, de votre adresse ou du nom de ce service.',
        repetitive: 'Ne répétez pas toujours les mêmes caractères.',
      },
    },
  },

  device: {
    unnamed: 'Un appareil',
    television: (make) => `TV ${make}`,
  },

  confirm: {
    title: (client) => `Associer un appareil à ${isolate(client)}\u202f?`,
    signedIn: 'Compte connecté\u202f:',
    switchAccount: 'Changer de compte',
    sameCode: 'Votre appareil affiche-t-il ce code\u202f?',
    timeLeft: (minutes) =>
      minutes > 1
        ? `Encore valable ${counted('fr', minutes, 'minute')}`
        : 'Encore valable une minute environ',
    until: (time) => `Valable jusqu’à ${isolate(time)}`,
    otherCode: 'Saisir un autre code',
    device: 'Appareil',
    deviceName: 'Nom',
    place: 'Lieu',
    network: 'Réseau',
    askedAt: 'Demandé',
    scopes: 'Il pourra',
    resources: (hosts) => `Sur ${hosts.map(isolate).join(', ')}`,
    proximity: {
      same_network: 'Sur le même réseau que vous',
      same_operator: 'Même fournisseur d’accès à internet et même pays que vous',
      same_city: 'Dans la même ville que vous',
      same_country: 'Dans le même pays que vous',
      far: 'Dans un autre pays que vous',
    },
    check: {
      title: 'Avez-vous cet appareil avec vous\u202f?',
      text:
        'Il n’est peut-être pas près de vous. ' +
        'Quelqu’un d’autre essaie peut-être d’entrer avec votre compte.',
      code: 'Code affiché sur l’écran de l’appareil',
      codeHint: 'Lisez-le sur l’appareil, pas dans un message.',
      inFront: 'J’ai l’appareil devant moi',
      codeProblem: 'Ce n’est pas le code affiché sur cet appareil.',
      inFrontProblem: 'Ne cochez cette case que si l’appareil est vraiment avec vous.',
    },
    problemTitle: 'Problème avec votre réponse',
    tooFar: {
      title: 'Cet appareil est trop loin',
      text: (client) =>
        `Il n’est pas là où vous êtes, et ${isolate(client)} n’accepte pas de tels appareils.`,
      vpn: 'Vous utilisez un VPN ? Désactivez-le sur votre téléphone et sur votre appareil, puis réessayez.',
    },
    report: 'Je n’ai pas lancé cette demande',
    warning: 'N’autorisez l’accès que si vous avez lancé cette demande sur votre propre appareil.',
    never:
      'N’approuvez jamais un code que quelqu’un vous a envoyé par e\u2011mail, chat ou téléphone.',
    deny: 'Refuser',
    allow: 'Autoriser',
  },

  unverified: {
    label: (brand) => `Non vérifié par ${isolate(brand)}`,
    inSentence: (client, brand) => `${isolate(client)} (non vérifié par ${isolate(brand)})`,
  },

  scopes: {
    openid: 'Savoir que c’est vous',
    profile: 'Voir votre nom',
    email: 'Voir votre adresse e-mail',
    offline_access: 'Rester connecté sur cet appareil',
    'device:approve': 'Autoriser d’autres appareils en votre nom',
  },

  ended: {
    expired: {
      title: 'Ce code a expiré',
      text: 'Rien n’a été connecté. Obtenez un nouveau code sur votre appareil et saisissez-le ici.',
    },
    answered: {
      title: 'Ce code a déjà reçu une réponse',
      text: 'La réponse vient d’un autre compte ou d’une autre personne, et un code ne sert qu’une fois. Pour connecter l’appareil vous-même, obtenez-y un nouveau code.',
    },
    stopped: {
      title: 'Ce code a été bloqué',
      text: 'Plusieurs personnes l’ont ouvert, comme il arrive quand un code circule. Rien n’a été connecté. N’utilisez qu’un code affiché par votre propre appareil.',
    },
    clientGone: {
      title: 'Cette application ne peut plus se connecter',
      text: (brand) =>
        `${isolate(brand)} ne reconnaît plus l’application de cet appareil. Rien n’a été partagé. Mettez l’application à jour, puis obtenez un nouveau code.`,
    },
    action: 'Saisir un nouveau code',
  },

  result: {
    approved: {
      title: 'Votre appareil est associé',
      next: 'Revenez à votre TV.',
      detail: (client, device) =>
        `${isolate(client)} est disponible sur ${isolate(device)}. Vous pouvez fermer cette page.`,
    },
    denied: {
      title: 'Rien n’a été partagé',
      next: 'Vous n’avez pas autorisé l’accès.',
      detail: (client, device) =>
        `L’appareil ${isolate(device)} n’est pas associé à ${isolate(client)}. ` +
        'Si vous n’avez pas lancé cette demande, vous avez bien fait.',
    },
    reported: {
      title: 'La demande a été bloquée',
      next: 'L’appareil n’a obtenu aucun accès.',
      detail: (client, device) =>
        `L’appareil ${isolate(device)} n’est pas associé à ${isolate(client)}. ` +
        'La personne qui vous a envoyé le code ne peut plus s’en servir.',
    },
    withdrawn: {
      title: 'L’appareil a été retiré',
      next: 'Toutes vos sessions sont fermées.',
      detail: (client, device) =>
        `L’appareil ${isolate(device)} n’est plus associé à ${isolate(client)}. ` +
        'Reconnectez-vous pour voir quels autres appareils le sont.',
    },
    mistake:
      'Si c’était une erreur, obtenez un nouveau code sur votre appareil et saisissez-le ici.',
    notMe: 'Ce n’était pas moi',
    notMeHint: 'Retire l’appareil et vous déconnecte partout.',
    passkey: {
      title: 'La prochaine fois, sans mot de passe',
      text:
        'Avec une clé d’accès (passkey), vous vous connectez avec votre empreinte, ' +
        'votre visage ou le verrouillage de l’écran.',
    },
  },

  sure: {
    device: {
      title: (device) => `Retirer ${isolate(device)}\u202f?`,
      text: 'L’appareil est déconnecté aussitôt et il lui faudra un nouveau code pour revenir.',
      yes: 'Retirer',
    },
    passkey: {
      title: (name) => `Retirer la clé d’accès ${isolate(name)}\u202f?`,
      text: 'Vous ne pourrez plus l’utiliser pour vous connecter ici.',
      yes: 'Retirer',
    },
    notMe: {
      title: (device) => `Retirer ${isolate(device)} et vous déconnecter\u202f?`,
      text: 'L’appareil perd son accès et toutes vos sessions sont fermées.',
      yes: 'Retirer et me déconnecter',
    },
    back: 'Conserver',
  },

  devices: {
    title: 'Mes appareils',
    person: 'Compte connecté\u202f:',
    signOut: 'Se déconnecter',
    connected: 'Appareils associés',
    noDevices: 'Aucun appareil n’est associé.',
    service: 'Service',
    place: 'Lieu',
    allowedAt: 'Autorisé',
    waiting: 'En attente de l’appareil',
    connectedAt: 'Associé',
    usedAt: 'Dernier usage',
    rename: 'Renommer',
    renameLabel: (name) => `Nouveau nom pour ${isolate(name)}`,
    save: 'Enregistrer',
    remove: 'Retirer',
    removeLabel: (name) => `Retirer ${isolate(name)}`,
    passkeys: 'Clés d’accès (passkeys)',
    noPasskeys:
      'Vous n’avez pas encore de clé d’accès. Avec elle, vous vous connectez sans mot de passe.',
    addPasskey: 'Ajouter une clé d’accès',
    addProblem: 'Aucune clé d’accès n’a été ajoutée. Veuillez réessayer.',
    passkeysFull:
      'Votre compte ne peut pas enregistrer plus de clés d’accès. Retirez-en une pour en ajouter une autre.',
    newPasskey: (browser) => `Clé d’accès de ${isolate(browser)}`,
    addedAt: 'Ajoutée',
    never: 'Jamais',
    prompts: {
      title: 'Notifications de connexion',
      text: 'Quand un appareil qui vous connaît veut se connecter près de vous, les navigateurs que vous choisissez affichent une notification. Rien n’est autorisé avant que vous ne l’ouvriez pour y répondre.',
      ask: 'Me demander dans ce navigateur',
      unsupported: 'Ce navigateur ne peut pas afficher de notifications.',
      problem:
        'Ce navigateur n’autorise pas les notifications. Autorisez-les dans ses réglages et réessayez.',
      since: 'Depuis',
      stop: 'Ne plus demander',
      stopLabel: (browser) => `Ne plus demander sur ${isolate(browser)}`,
    },
    sessions: 'Vos sessions ouvertes',
    thisBrowser: 'Ce navigateur',
    signedInAt: 'Connexion',
    endSession: 'Déconnecter',
    endSessionLabel: (browser) => `Déconnecter ${isolate(browser)}`,
    everywhere: 'Se déconnecter partout',
    everywhereHint: 'Met fin à toutes les sessions, y compris celle-ci.',
    withDevices: 'Retirer aussi tous les appareils',
    activity: 'Activité récente',
    noActivity: 'Rien pour le moment.',
    events: {
      signed_in: (about) => `Connexion\u202f: ${isolate(about)}`,
      device_allowed: (about) => `${isolate(about)} autorisé, pas encore connecté`,
      device_lapsed: (about) => `${isolate(about)} autorisé, mais jamais connecté`,
      device_connected: (about) => `Associé\u202f: ${isolate(about)}`,
      device_removed: (about) => `Appareil retiré\u202f: ${isolate(about)}`,
      device_reported: (about) =>
        `Appareil retiré, qui n’était pas le vôtre\u202f: ${isolate(about)}`,
      request_reported: (about) => `Demande bloquée\u202f: ${isolate(about)}`,
      collected_elsewhere: (about) =>
        `Appareil bloqué, qui n’était pas là où vous l’aviez autorisé\u202f: ${isolate(about)}`,
      signed_out_everywhere: () => 'Fermeture de toutes les sessions',
      passkey_added: (about) => `Clé d’accès ajoutée\u202f: ${isolate(about)}`,
      passkey_removed: (about) => `Clé d’accès retirée\u202f: ${isolate(about)}`,
    },
    something: 'non précisé',
    done: {
      renamed: 'Le nouveau nom est enregistré.',
      removed: (device) => `L’appareil ${isolate(device)} a été retiré.`,
      passkeyAdded: 'Votre clé d’accès est prête.',
      passkeyRemoved: (name) =>
        `La clé d’accès ${isolate(name)} a été retirée ici. Supprimez-la aussi sur votre propre appareil.`,
      sessionEnded: 'Ce navigateur est déconnecté.',
      browserAsked: 'Ce navigateur vous posera désormais la question.',
      browserNotAsked: 'Ce navigateur ne vous demandera plus rien.',
    },
  },

  notification: {
    title: (device) => `Se connecter sur ${isolate(device)}\u202f?`,
    text: (client, place) =>
      `${isolate(client)}, depuis ${isolate(place)}. Continuez seulement si vous venez de lancer cette demande.`,
    notMe: 'Ce n’est pas moi',
  },

  problem: {
    missing: {
      title: 'Cette page n’existe pas',
      text: 'Vérifiez l’adresse ou commencez avec votre code.',
    },
    forbidden: {
      title: 'Cela ne venait pas de cette page',
      text:
        'Le formulaire était trop ancien ou venait d’ailleurs. Rien n’a été modifié. ' +
        'Veuillez réessayer.',
    },
    outdated: {
      title: 'Cette page n’est plus à jour',
      text: 'Entre-temps, vous vous êtes connecté ou déconnecté, peut-être dans un autre onglet. Rien n’a été modifié. Veuillez réessayer.',
    },
    cookies: {
      title: 'Cette page a besoin de cookies',
      text:
        'Autorisez les cookies pour ce site, afin que votre code soit conservé pendant que ' +
        'vous vous connectez, puis recommencez.',
    },
    tooLarge: {
      title: 'C’était trop volumineux',
      text: 'Le formulaire dépassait la taille autorisée.',
    },
    unavailable: {
      title: 'Un problème est survenu ici',
      text: 'Veuillez réessayer dans un instant. Si vous veniez d’appuyer sur un bouton, la page vous indiquera si l’action a été prise en compte.',
    },
    requestId: 'Identifiant de la requête :',
    tooMany: {
      title: 'Trop de tentatives',
      text: (seconds) => `Réessayez dans ${waitingTime('fr', seconds)}.`,
      kept: 'Votre code est conservé.',
      over: 'Vous pouvez maintenant réessayer.',
      again: 'Réessayer',
    },
    start: 'Saisir un code',
  },

  authorize: {
    title: 'La connexion commence sur votre appareil',
    text:
      'Cette adresse ne permet à personne de se connecter (unsupported_response_type). ' +
      'Ouvrez l’application sur votre TV et suivez ce qu’elle affiche.',
    action: 'J’ai un code',
  },

  placeAndTime: {
    place: (parts) => parts.join(', '),
    justNow: 'à l’instant',
  },
}
