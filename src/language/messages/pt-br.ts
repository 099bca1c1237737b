// Portuguese of Brazil. \u2011 is the hyphen at which no line ends.
import type { Messages } from '../language.ts'
import { isolate } from './isolate.ts'
import { counted, waitingTime } from './waiting-time.ts'

export const ptBr: Messages = {
  layout: {
    footer: (brand) => `${isolate(brand)} nunca pede um código por e\u2011mail, chat ou telefone.`,
    devices: 'Meus dispositivos',
    support: 'Ajuda',
    terms: 'Termos',
    privacy: 'Privacidade',
  },

  form: {
    show: { before: '', visible: 'Mostrar', after: 'senha' },
    hide: { before: '', visible: 'Ocultar', after: 'senha' },
  },

  enterCode: {
    title: 'Conecte seu dispositivo',
    problemTitle: 'Problema com o código',
    label: 'Código',
    hint: {
      letters: 'O código que aparece na sua TV, como WDJB-MJHT',
      digits: 'O código que aparece na sua TV, como 019-450-730',
      either: 'O código que aparece na sua TV, como WDJB-MJHT ou 019-450-730',
    },
    byLink: {
      text: 'Se você escaneou o código QR na sua TV, toque em Continuar. Você também pode digitar o código que ela mostra.',
      warning: 'Se alguém enviou este link para você, feche esta página.',
    },
    submit: 'Continuar',
    malformed: {
      letters: 'O código tem 8 letras. Confira no seu dispositivo e tente de novo.',
      digits: 'O código tem 9 números. Confira no seu dispositivo e tente de novo.',
      either: 'O código tem 8 letras ou 9 números. Confira no seu dispositivo e tente de novo.',
    },
    inNoCode: {
      letters: (found) =>
        `Os códigos não têm vogais (nem Y) nem números: confira de novo ${found.map(isolate).join(', ')}.`,
      digits: (found) =>
        `Os códigos só têm números: confira de novo ${found.map(isolate).join(', ')}.`,
      either: (found) =>
        `Os códigos não têm vogais (nem Y): confira de novo ${found.map(isolate).join(', ')}.`,
    },
    notValid:
      'Este código é inválido ou expirou. ' +
      'Confira o código ou gere um novo no seu dispositivo.',
  },

  signIn: {
    title: 'Entre na sua conta',
    againTitle: 'Entre de novo',
    again: 'Para termos certeza de que é você, entre mais uma vez.',
    problemTitle: 'Problema ao entrar',
    waiting: 'Um dispositivo aguarda sua resposta.',
    inApp:
      'Este é o navegador de outro app. Se você já entrou em outro lugar, use o menu dele para abrir esta página no seu navegador de sempre. O código vai junto.',
    email: 'E-mail',
    password: 'Senha',
    submit: 'Entrar',
    newHere: 'Primeira vez aqui?',
    create: 'Crie uma conta',
    switchAccount: 'Usar outra conta',
    or: 'ou',
    passkey: 'Entrar com chave de acesso',
    passkeyProblem: 'Nenhuma chave de acesso foi usada. Tente de novo ou entre de outra forma.',
    refused: 'Esse e-mail e essa senha não combinam.',
    continueWith: (provider) => `Continuar com ${isolate(provider)}`,
    cancelled: (provider) => `Você não terminou de entrar com ${isolate(provider)}. Tente de novo.`,
    failed: (provider) =>
      `Não foi possível entrar com ${isolate(provider)}. Tente de novo daqui a pouco.`,
    stale: (provider, ago) =>
      `Seu último login em ${isolate(provider)} foi ${isolate(ago)}. Faz tempo demais, e lá não pediram que você entrasse de novo. ` +
      'Saia da conta lá e tente de novo.',
    untold: (provider) =>
      `${isolate(provider)} não nos informa quando você entrou lá pela última vez, por isso não podemos aceitar este login. ` +
      'Avise o suporte deste serviço.',
    ended: 'Este login demorou demais ou foi iniciado em outro navegador. Comece de novo.',
    disabled:
      'Esta conta foi desativada. Se você acha que é um engano, fale com o suporte deste serviço.',
    wait: (seconds) => `Tentativas demais. Tente de novo em ${waitingTime('pt-BR', seconds)}.`,
  },

  createAccount: {
    title: 'Crie sua conta',
    problemTitle: 'Problema ao criar sua conta',
    name: 'Nome',
    email: 'E-mail',
    password: 'Senha',
    passwordHint: 'Pelo menos 15 caracteres. Algumas palavras fáceis de lembrar são uma boa opção.',
    submit: 'Criar conta',
    haveOne: 'Já tem uma conta?',
    signIn: 'Entre',
    problems: {
      name: {
        missing: 'Digite seu nome.',
        too_long: 'Use um nome mais curto, com no máximo 64 caracteres.',
      },
      email: {
        malformed: 'Digite um endereço como nome@example.com.',
        too_long: 'Digite um endereço mais curto, com no máximo 254 caracteres.',
        taken: 'Já existe uma conta com este endereço. Entre com ela.',
      },
      password: {
        too_short: 'É curta demais.',
        too_long: 'Use no máximo 256 caracteres.',
        common: 'Esta senha é uma das primeiras a serem adivinhadas. Escolha outra.',
        personal: 'Não use seu nome, seu endereço ou o nome deste serviço para formar a senha.',
        repetitive: 'Não repita sempre os mesmos caracteres.',
      },
    },
  },

  device: {
    unnamed: 'Um dispositivo',
    television: (make) => `TV ${make}`,
  },

  confirm: {
    title: (client) => `Conectar um dispositivo a ${isolate(client)}?`,
    signedIn: 'Conta em uso:',
    switchAccount: 'Trocar de conta',
    sameCode: 'Seu dispositivo mostra este código?',
    timeLeft: (minutes) =>
      minutes > 1
        ? `Vale por mais ${counted('pt-BR', minutes, 'minute')}`
        : 'Vale por cerca de um minuto',
    until: (time) => `Funciona até ${isolate(time)}`,
    otherCode: 'Digitar outro código',
    device: 'Dispositivo',
    deviceName: 'Nome',
    place: 'Local',
    network: 'Rede',
    askedAt: 'Pedido',
    scopes: 'Ele vai poder',
    resources: (hosts) => `Em ${hosts.map(isolate).join(', ')}`,
    proximity: {
      same_network: 'Na mesma rede que você',
      same_operator: 'Com o mesmo provedor de internet e no mesmo país que você',
      same_city: 'Na mesma cidade que você',
      same_country: 'No mesmo país que você',
      far: 'Em um país diferente de onde você está',
    },
    check: {
      title: 'Este dispositivo está com você?',
      text:
        'Talvez ele não esteja perto de você. ' +
        'Outra pessoa pode estar tentando entrar com a sua conta.',
      code: 'Código na tela do dispositivo',
      codeHint: 'Leia o código no próprio dispositivo, não em uma mensagem.',
      inFront: 'O dispositivo está na minha frente',
      codeProblem: 'Esse não é o código que este dispositivo mostra.',
      inFrontProblem: 'Marque esta opção somente se o dispositivo estiver mesmo com você.',
    },
    problemTitle: 'Problema com sua resposta',
    tooFar: {
      title: 'Este dispositivo está longe demais',
      text: (client) =>
        `Ele não está onde você está, e ${isolate(client)} não aceita dispositivos assim.`,
      vpn: 'Usa uma VPN? Desative-a no seu celular e no seu dispositivo e tente de novo.',
    },
    report: 'Não fui eu que iniciei isto',
    warning: 'Permita somente se você iniciou isto no seu próprio dispositivo.',
    never: 'Nunca aprove um código que alguém enviou a você por e\u2011mail, chat ou telefone.',
    deny: 'Não permitir',
    allow: 'Permitir',
  },

  unverified: {
    label: (brand) => `Não verificado por ${isolate(brand)}`,
    inSentence: (client, brand) => `${isolate(client)} (não verificado por ${isolate(brand)})`,
  },

  scopes: {
    openid: 'Saber que é você',
    profile: 'Ver seu nome',
    email: 'Ver seu e-mail',
    offline_access: 'Continuar conectado neste dispositivo',
    'device:approve': 'Permitir outros dispositivos em seu nome',
  },

  ended: {
    expired: {
      title: 'Este código expirou',
      text: 'Nada foi conectado. Gere um novo código no seu dispositivo e digite-o aqui.',
    },
    answered: {
      title: 'Este código já foi respondido',
      text: 'A resposta veio de outra conta ou de outra pessoa, e cada código vale uma só vez. Para conectar o dispositivo, gere nele um novo código.',
    },
    stopped: {
      title: 'Este código foi bloqueado',
      text: 'Várias pessoas o abriram, como acontece com códigos repassados. Nada foi conectado. Use somente um código que o seu próprio dispositivo mostre.',
    },
    clientGone: {
      title: 'Este app não pode mais se conectar',
      text: (brand) =>
        `O app deste dispositivo não é mais reconhecido por ${isolate(brand)}. Nada foi compartilhado. Atualize o app e depois gere um novo código.`,
    },
    action: 'Digitar um novo código',
  },

  result: {
    approved: {
      title: 'Seu dispositivo está conectado',
      next: 'Volte para a sua TV.',
      detail: (client, device) =>
        `Está tudo pronto para usar ${isolate(client)} em ${isolate(device)}. ` +
        'Você já pode fechar esta página.',
    },
    denied: {
      title: 'Nada foi compartilhado',
      next: 'Você não permitiu.',
      detail: (client, device) =>
        `O dispositivo ${isolate(device)} não está conectado a ${isolate(client)}. ` +
        'Se não foi você que iniciou isto, você fez a coisa certa.',
    },
    reported: {
      title: 'O pedido foi interrompido',
      next: 'O dispositivo não obteve acesso.',
      detail: (client, device) =>
        `O dispositivo ${isolate(device)} não está conectado a ${isolate(client)}. ` +
        'Quem enviou o código a você não pode mais usá-lo.',
    },
    withdrawn: {
      title: 'O dispositivo foi removido',
      next: 'Todas as suas sessões foram encerradas.',
      detail: (client, device) =>
        `O dispositivo ${isolate(device)} não está mais conectado a ${isolate(client)}. ` +
        'Entre de novo para ver o que mais está conectado.',
    },
    mistake: 'Se foi por engano, gere um novo código no seu dispositivo e digite-o aqui.',
    notMe: 'Não fui eu',
    notMeHint: 'Remove o dispositivo e encerra todas as suas sessões.',
    passkey: {
      title: 'Da próxima vez, sem senha',
      text:
        'Com uma chave de acesso, você entra com sua impressão digital, seu rosto ou ' +
        'o bloqueio de tela.',
    },
  },

  sure: {
    device: {
      title: (device) => `Remover ${isolate(device)}?`,
      text: 'O dispositivo sai na hora e precisa de um novo código para voltar.',
      yes: 'Remover',
    },
    passkey: {
      title: (name) => `Remover a chave de acesso ${isolate(name)}?`,
      text: 'Você não poderá mais entrar aqui com ela.',
      yes: 'Remover',
    },
    notMe: {
      title: (device) => `Remover ${isolate(device)} e sair?`,
      text: 'O dispositivo perde o acesso e você sai da conta em todos os lugares.',
      yes: 'Remover e sair',
    },
    back: 'Manter',
  },

  devices: {
    title: 'Meus dispositivos',
    person: 'Conta em uso:',
    signOut: 'Sair',
    connected: 'Dispositivos conectados',
    noDevices: 'Nenhum dispositivo conectado.',
    service: 'Serviço',
    place: 'Local',
    allowedAt: 'Permitido',
    waiting: 'Aguardando o dispositivo',
    connectedAt: 'Conectado',
    usedAt: 'Último uso',
    rename: 'Renomear',
    renameLabel: (name) => `Novo nome para ${isolate(name)}`,
    save: 'Salvar',
    remove: 'Remover',
    removeLabel: (name) => `Remover ${isolate(name)}`,
    passkeys: 'Chaves de acesso',
    noPasskeys: 'Você ainda não tem uma chave de acesso. Com ela, você entra sem senha.',
    addPasskey: 'Adicionar chave de acesso',
    addProblem: 'Nenhuma chave de acesso foi adicionada. Tente de novo.',
    passkeysFull:
      'Sua conta não pode guardar mais chaves de acesso. Remova uma para adicionar outra.',
    newPasskey: (browser) => `Chave de acesso de ${isolate(browser)}`,
    addedAt: 'Adicionada',
    never: 'Nunca',
    prompts: {
      title: 'Notificações de login',
      text: 'Quando um dispositivo que conhece você quer entrar por perto, os navegadores que você escolher mostram uma notificação. Nada é permitido até você abri-la e responder.',
      ask: 'Perguntar neste navegador',
      unsupported: 'Este navegador não consegue mostrar notificações.',
      problem:
        'Este navegador não permite notificações. Permita nas configurações dele e tente de novo.',
      since: 'Desde',
      stop: 'Parar de perguntar',
      stopLabel: (browser) => `Parar de perguntar em ${isolate(browser)}`,
    },
    sessions: 'Onde sua conta está aberta',
    thisBrowser: 'Este navegador',
    signedInAt: 'Entrada',
    endSession: 'Sair',
    endSessionLabel: (browser) => `Sair em ${isolate(browser)}`,
    everywhere: 'Encerrar todas as sessões',
    everywhereHint: 'Encerra todas as sessões, inclusive esta.',
    withDevices: 'Remover também todos os dispositivos',
    activity: 'Atividade recente',
    noActivity: 'Nada ainda.',
    events: {
      signed_in: (about) => `Entrada na conta: ${isolate(about)}`,
      device_allowed: (about) => `${isolate(about)} permitido, ainda não entrou`,
      device_lapsed: (about) => `${isolate(about)} permitido, mas nunca entrou`,
      device_connected: (about) => `Conectado: ${isolate(about)}`,
      device_removed: (about) => `Dispositivo removido: ${isolate(about)}`,
      device_reported: (about) => `Dispositivo removido por não ser seu: ${isolate(about)}`,
      request_reported: (about) => `Pedido interrompido: ${isolate(about)}`,
      collected_elsewhere: (about) =>
        `Dispositivo bloqueado por não estar onde você o permitiu: ${isolate(about)}`,
      signed_out_everywhere: () => 'Todas as sessões foram encerradas',
      passkey_added: (about) => `Chave de acesso adicionada: ${isolate(about)}`,
      passkey_removed: (about) => `Chave de acesso removida: ${isolate(about)}`,
    },
    something: 'sem identificação',
    done: {
      renamed: 'O novo nome foi salvo.',
      removed: (device) => `O dispositivo ${isolate(device)} foi removido.`,
      passkeyAdded: 'Sua chave de acesso está pronta.',
      passkeyRemoved: (name) =>
        `A chave de acesso ${isolate(name)} foi removida daqui. Exclua-a também no seu próprio dispositivo.`,
      sessionEnded: 'A sessão nesse navegador foi encerrada.',
      browserAsked: 'Este navegador vai perguntar a você.',
      browserNotAsked: 'Aquele navegador não vai mais perguntar a você.',
    },
  },

  notification: {
    title: (device) => `Entrar em ${isolate(device)}?`,
    text: (client, place) =>
      `${isolate(client)}, de ${isolate(place)}. Continue somente se você acabou de iniciar isto.`,
    notMe: 'Não fui eu',
  },

  problem: {
    missing: {
      title: 'Esta página não existe',
      text: 'Confira o endereço ou comece com o seu código.',
    },
    forbidden: {
      title: 'Isso não veio desta página',
      text:
        'O formulário era antigo demais ou veio de outro lugar. Nada foi alterado. ' +
        'Tente de novo.',
    },
    outdated: {
      title: 'Esta página está desatualizada',
      text: 'Desde então você entrou ou saiu da conta, talvez em outra aba. Nada foi alterado. Tente de novo.',
    },
    cookies: {
      title: 'Esta página precisa de cookies',
      text:
        'Permita cookies neste site para que seu código fique guardado enquanto você entra ' +
        'e comece de novo.',
    },
    tooLarge: {
      title: 'Era grande demais',
      text: 'O formulário era maior do que o permitido.',
    },
    unavailable: {
      title: 'Algo deu errado aqui',
      text: 'Tente de novo daqui a pouco. Se você tinha acabado de tocar em um botão, a página mostra se deu certo.',
    },
    requestId: 'ID da solicitação:',
    tooMany: {
      title: 'Tentativas demais',
      text: (seconds) => `Tente de novo em ${waitingTime('pt-BR', seconds)}.`,
      kept: 'Seu código está guardado.',
      over: 'Você já pode tentar de novo.',
      again: 'Tentar de novo',
    },
    start: 'Digitar um código',
  },

  authorize: {
    title: 'O login começa no seu dispositivo',
    text:
      'Ninguém entra por este endereço (unsupported_response_type). ' +
      'Abra o app na sua TV e siga o que ele mostra.',
    action: 'Tenho um código',
  },

  placeAndTime: {
    place: (parts) => parts.join(', '),
    justNow: 'agora mesmo',
  },
}
