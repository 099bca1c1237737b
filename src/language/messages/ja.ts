// Japanese. A space stands beside figures, as in what Intl writes (`2 分前`), and nowhere else.
import type { Messages } from '../language.ts'
import { isolate } from './isolate.ts'
import { counted, waitingTime } from './waiting-time.ts'

export const ja: Messages = {
  layout: {
    footer: (brand) =>
      `${isolate(brand)}がメール、チャット、電話でコードをお尋ねすることはありません。`,
    devices: 'マイデバイス',
    support: 'ヘルプ',
    terms: '利用規約',
    privacy: 'プライバシー',
  },

  form: {
    show: { before: 'パスワードを', visible: '表示', after: '' },
    hide: { before: 'パスワードを', visible: '隠す', after: '' },
  },

  enterCode: {
    title: 'デバイスを接続',
    problemTitle: 'コードの問題',
    label: 'コード',
    hint: {
      letters: 'テレビに表示されているコード（例：WDJB-MJHT）',
      digits: 'テレビに表示されているコード（例：019-450-730）',
      either: 'テレビに表示されているコード（例：WDJB-MJHT、019-450-730）',
    },
    byLink: {
      text: 'テレビの二次元コードを読み取った場合は、「続ける」を押してください。画面に表示されているコードを入力することもできます。',
      warning: 'このリンクが誰かから送られてきた場合は、このページを閉じてください。',
    },
    submit: '続ける',
    malformed: {
      letters: 'コードは英字 8 文字です。デバイスで確認して、もう一度お試しください。',
      digits: 'コードは数字 9 桁です。デバイスで確認して、もう一度お試しください。',
      either: 'コードは英字 8 文字か数字 9 桁です。デバイスで確認して、もう一度お試しください。',
    },
    inNoCode: {
      letters: (found) =>
        `コードは母音と${isolate('Y')}を除く英字だけで、数字は使われません。${found.map(isolate).join('、')}をもう一度確認してください。`,
      digits: (found) =>
        `コードは数字だけです。${found.map(isolate).join('、')}をもう一度確認してください。`,
      either: (found) =>
        `コードに母音と${isolate('Y')}は使われません。${found.map(isolate).join('、')}をもう一度確認してください。`,
    },
    notValid:
      'このコードは無効か、有効期限が切れています。' +
      'コードを確認するか、デバイスで新しいコードを取得してください。',
  },

  signIn: {
    title: 'ログイン',
    againTitle: 'もう一度ログイン',
    again: 'ご本人であることを確認するため、もう一度ログインしてください。',
    problemTitle: 'ログインの問題',
    waiting: 'デバイスがあなたの回答を待っています。',
    inApp:
      'これは別のアプリ内のブラウザーです。いつものブラウザーでログイン済みの場合は、アプリのメニューからこのページをそのブラウザーで開いてください。コードは引き継がれます。',
    email: 'メールアドレス',
    password: 'パスワード',
    submit: 'ログイン',
    newHere: '初めてですか？',
    create: 'アカウントを作成',
    switchAccount: '別のアカウントを使う',
    or: 'または',
    passkey: 'パスキーでログイン',
    passkeyProblem:
      'パスキーは使われませんでした。もう一度試すか、別の方法でログインしてください。',
    refused: 'メールアドレスとパスワードの組み合わせが正しくありません。',
    continueWith: (provider) => `${isolate(provider)}で続ける`,
    cancelled: (provider) =>
      `${isolate(provider)}でのログインが完了しませんでした。もう一度お試しください。`,
    failed: (provider) =>
      `${isolate(provider)}でのログインに失敗しました。少し待ってから、もう一度お試しください。`,
    stale: (provider, ago) =>
      `${isolate(provider)}に最後にログインしたのは${isolate(ago)}です。時間がたちすぎていますが、再度のログインを求められませんでした。` +
      '連携先でログアウトしてから、もう一度お試しください。',
    untold: (provider) =>
      `${isolate(provider)}から最後にログインした日時が通知されないため、このログインは受け付けられません。` +
      'このサービスのサポートにお知らせください。',
    ended:
      'ログインに時間がかかりすぎたか、別のブラウザーで始められたログインです。最初からやり直してください。',
    disabled:
      'このアカウントは無効になっています。お心当たりがない場合は、このサービスのサポートにお問い合わせください。',
    wait: (seconds) =>
      `試行回数が多すぎます。${waitingTime('ja', seconds)}後にもう一度お試しください。`,
  },

  createAccount: {
    title: 'アカウントを作成',
    problemTitle: 'アカウント作成の問題',
    name: '名前',
    email: 'メールアドレス',
    password: 'パスワード',
    passwordHint: '15 文字以上。覚えやすい言葉をいくつか並べるのがおすすめです。',
    submit: 'アカウントを作成',
    haveOne: 'アカウントをお持ちですか？',
    signIn: 'ログイン',
    problems: {
      name: {
        missing: '名前を入力してください。',
        too_long: '64 文字以内の短い名前にしてください。',
      },
      email: {
        malformed: 'name@example.comのような形で入力してください。',
        too_long: '254 文字以内のアドレスを入力してください。',
        taken: 'このアドレスのアカウントはすでにあります。ログインしてください。',
      },
      password: {
        too_short: '短すぎます。',
        too_long: '256 文字以内にしてください。',
        common: 'このパスワードは真っ先に推測されるものの一つです。別のものにしてください。',
        personal: '名前、メールアドレス、このサービスの名前をもとにしないでください。',
        repetitive: '同じ文字ばかりを繰り返さないでください。',
      },
    },
  },

  device: {
    unnamed: 'デバイス',
    television: (make) => `${make}テレビ`,
  },

  confirm: {
    title: (client) => `デバイスを${isolate(client)}に接続しますか？`,
    signedIn: 'ログイン中：',
    switchAccount: 'アカウントを切り替え',
    sameCode: 'デバイスにこのコードが表示されていますか？',
    timeLeft: (minutes) =>
      minutes > 1 ? `あと ${counted('ja', minutes, 'minute')}間有効です` : 'あと約 1 分間有効です',
    until: (time) => `${isolate(time)}まで有効です`,
    otherCode: '別のコードを入力',
    device: 'デバイス',
    deviceName: '名前',
    place: '場所',
    network: '回線',
    askedAt: '要求時刻',
    scopes: 'このデバイスができるようになること',
    resources: (hosts) => `対象：${hosts.map(isolate).join('、')}`,
    proximity: {
      same_network: 'あなたと同じネットワーク',
      same_operator: 'あなたと同じプロバイダー、同じ国',
      same_city: 'あなたと同じ都市',
      same_country: 'あなたと同じ国',
      far: 'あなたとは別の国',
    },
    check: {
      title: 'このデバイスは手元にありますか？',
      text:
        '近くにない可能性があります。' +
        '他の人があなたのアカウントで入り込もうとしているかもしれません。',
      code: 'デバイスの画面に表示されているコード',
      codeHint: 'メッセージではなく、デバイスの画面を見て入力してください。',
      inFront: 'デバイスは目の前にあります',
      codeProblem: 'このデバイスのコードと一致しません。',
      inFrontProblem: 'デバイスが本当に手元にある場合にのみ、チェックを入れてください。',
    },
    problemTitle: '回答の問題',
    tooFar: {
      title: 'このデバイスは離れすぎています',
      text: (client) =>
        `あなたのいる場所にないデバイスです。${isolate(client)}ではこのようなデバイスは接続できません。`,
      vpn: `${isolate('VPN')}を使っている場合は、スマートフォンとデバイスの両方でオフにして、もう一度お試しください。`,
    },
    report: '自分で始めていません',
    warning: 'ご自身のデバイスで、ご自身が始めた場合にのみ許可してください。',
    never: 'メール、チャット、電話で人から受け取ったコードは、決して承認しないでください。',
    deny: '許可しない',
    allow: '許可する',
  },

  unverified: {
    label: (brand) => `${isolate(brand)}による確認なし`,
    inSentence: (client, brand) => `${isolate(client)}（${isolate(brand)}による確認なし）`,
  },

  scopes: {
    openid: '本人であることの確認',
    profile: 'お名前の表示',
    email: 'メールアドレスの表示',
    offline_access: 'このデバイスでのログイン状態の維持',
    'device:approve': 'あなたに代わって他のデバイスを許可',
  },

  ended: {
    expired: {
      title: 'このコードは有効期限が切れています',
      text: '何も接続されていません。デバイスで新しいコードを取得して、ここに入力してください。',
    },
    answered: {
      title: 'このコードにはすでに回答されています',
      text: '別のアカウントか、ほかの人が回答しました。コードは一度しか使えません。自分で接続するには、デバイスで新しいコードを取得してください。',
    },
    stopped: {
      title: 'このコードは停止されました',
      text: '複数の人がこのコードを開きました。コードが人から人へ送られているおそれがあります。何も接続されていません。ご自分のデバイスに表示されたコードだけを使ってください。',
    },
    clientGone: {
      title: 'このアプリは接続できなくなりました',
      text: (brand) =>
        `このデバイスのアプリは${isolate(brand)}に登録されていません。何も共有されていません。アプリを更新してから、新しいコードを取得してください。`,
    },
    action: '新しいコードを入力',
  },

  result: {
    approved: {
      title: '接続しました',
      next: 'テレビに戻ってください。',
      detail: (client, device) =>
        `「${isolate(device)}」で${isolate(client)}を使えるようになりました。` +
        'このページは閉じてかまいません。',
    },
    denied: {
      title: '何も共有されていません',
      next: '許可しませんでした。',
      detail: (client, device) =>
        `「${isolate(device)}」は${isolate(client)}に接続されていません。` +
        'ご自身で始めたものでなければ、正しい判断です。',
    },
    reported: {
      title: '要求を停止しました',
      next: 'このデバイスは接続されていません。',
      detail: (client, device) =>
        `「${isolate(device)}」は${isolate(client)}に接続されていません。` +
        'コードを送ってきた人は、もうそのコードを使えません。',
    },
    withdrawn: {
      title: 'デバイスを削除しました',
      next: 'すべての場所でログアウトしました。',
      detail: (client, device) =>
        `「${isolate(device)}」と${isolate(client)}の接続は解除されました。` +
        '他に何が接続されているかを確認するには、もう一度ログインしてください。',
    },
    mistake: '間違えた場合は、デバイスで新しいコードを取得して、ここに入力してください。',
    notMe: '自分ではありません',
    notMeHint: 'このデバイスを削除し、すべての場所でログアウトします。',
    passkey: {
      title: '次回からはパスワードなしで',
      text: 'パスキーを使うと、指紋、顔、画面ロックでログインできます。',
    },
  },

  sure: {
    device: {
      title: (device) => `${isolate(device)}を削除しますか？`,
      text: 'すぐにログアウトされます。もう一度使うには、新しいコードが必要です。',
      yes: '削除',
    },
    passkey: {
      title: (name) => `パスキー${isolate(name)}を削除しますか？`,
      text: 'このパスキーでログインできなくなります。',
      yes: '削除',
    },
    notMe: {
      title: (device) => `${isolate(device)}を削除してログアウトしますか？`,
      text: 'デバイスは利用できなくなり、すべての場所でログアウトされます。',
      yes: '削除してログアウト',
    },
    back: '残しておく',
  },

  devices: {
    title: 'マイデバイス',
    person: 'ログイン中：',
    signOut: 'ログアウト',
    connected: '接続中のデバイス',
    noDevices: '接続中のデバイスはありません。',
    service: 'サービス',
    place: '場所',
    allowedAt: '許可日時',
    waiting: 'デバイスを待っています',
    connectedAt: '接続',
    usedAt: '最終使用',
    rename: '名前を変更',
    renameLabel: (name) => `「${isolate(name)}」の新しい名前`,
    save: '保存',
    remove: '削除',
    removeLabel: (name) => `「${isolate(name)}」を削除`,
    passkeys: 'パスキー',
    noPasskeys: 'パスキーはまだありません。パスキーがあれば、パスワードなしでログインできます。',
    addPasskey: 'パスキーを追加',
    addProblem: 'パスキーは追加されませんでした。もう一度お試しください。',
    passkeysFull:
      'このアカウントに保存できるパスキーは上限に達しています。追加するには、いずれかを削除してください。',
    newPasskey: (browser) => `${isolate(browser)}のパスキー`,
    addedAt: '追加',
    never: 'なし',
    prompts: {
      title: 'ログインの通知',
      text: 'ご自身をすでに知っているデバイスが近くでログインしようとすると、選んだブラウザに通知が届きます。通知を開いて答えるまで、何も許可されません。',
      ask: 'このブラウザで確認を受け取る',
      unsupported: 'このブラウザでは通知を受け取れません。',
      problem:
        'このブラウザで通知が許可されていません。設定で許可してから、もう一度お試しください。',
      since: '開始',
      stop: '通知をやめる',
      stopLabel: (browser) => `「${isolate(browser)}」での通知をやめる`,
    },
    sessions: 'ログインしている場所',
    thisBrowser: 'このブラウザ',
    signedInAt: 'ログイン',
    endSession: 'ログアウト',
    endSessionLabel: (browser) => `「${isolate(browser)}」をログアウト`,
    everywhere: 'すべての場所でログアウト',
    everywhereHint: 'このブラウザを含むすべてのセッションを終了します。',
    withDevices: 'すべてのデバイスも削除する',
    activity: '最近のアクティビティ',
    noActivity: 'まだありません。',
    events: {
      signed_in: (about) => `ログイン：${isolate(about)}`,
      device_allowed: (about) => `${isolate(about)}を許可しました（まだログインしていません）`,
      device_lapsed: (about) => `${isolate(about)}を許可しました（ログインされませんでした）`,
      device_connected: (about) => `デバイスの接続：${isolate(about)}`,
      device_removed: (about) => `デバイスを削除：${isolate(about)}`,
      device_reported: (about) => `自分のものではないデバイスを削除：${isolate(about)}`,
      request_reported: (about) => `要求を停止：${isolate(about)}`,
      collected_elsewhere: (about) => `許可した場所になかったデバイスを停止：${isolate(about)}`,
      signed_out_everywhere: () => 'すべての場所でログアウト',
      passkey_added: (about) => `パスキーを追加：${isolate(about)}`,
      passkey_removed: (about) => `パスキーを削除：${isolate(about)}`,
    },
    something: '名称不明',
    done: {
      renamed: '新しい名前を保存しました。',
      removed: (device) => `${isolate(device)}を削除しました。`,
      passkeyAdded: 'パスキーが使えるようになりました。',
      passkeyRemoved: (name) =>
        `パスキー${isolate(name)}をここから削除しました。お使いのデバイスからも削除してください。`,
      sessionEnded: 'そのブラウザをログアウトしました。',
      browserAsked: 'このブラウザに通知が届くようになりました。',
      browserNotAsked: 'そのブラウザには通知が届かなくなりました。',
    },
  },

  notification: {
    title: (device) => `${isolate(device)}でログインしますか？`,
    text: (client, place) =>
      `${isolate(client)}、${isolate(place)}から。たった今ご自身で始めた場合にのみ進んでください。`,
    notMe: '自分ではない',
  },

  problem: {
    missing: {
      title: 'ページが見つかりません',
      text: 'アドレスを確認するか、コードの入力から始めてください。',
    },
    forbidden: {
      title: 'このページから送信されたものではありません',
      text:
        'フォームが古すぎるか、別の場所から送信されました。何も変更されていません。' +
        'もう一度お試しください。',
    },
    outdated: {
      title: 'このページは古くなっています',
      text: 'その後、別のタブなどでログインまたはログアウトが行われました。何も変更されていません。もう一度お試しください。',
    },
    cookies: {
      title: 'このページにはCookieが必要です',
      text:
        'ログイン中もコードを保持できるように、このサイトのCookieを許可してから、' +
        'もう一度始めてください。',
    },
    tooLarge: {
      title: '送信内容が大きすぎます',
      text: 'フォームが上限の大きさを超えていました。',
    },
    unavailable: {
      title: '問題が発生しました',
      text: '少し待ってから、もう一度お試しください。ボタンを押した直後だった場合は、反映されたかどうかをページで確認できます。',
    },
    requestId: 'お問い合わせ番号：',
    tooMany: {
      title: '試行回数が多すぎます',
      text: (seconds) => `${waitingTime('ja', seconds)}後にもう一度お試しください。`,
      kept: 'コードは保持されています。',
      over: 'もう一度お試しいただけます。',
      again: 'もう一度試す',
    },
    start: 'コードを入力',
  },

  authorize: {
    title: 'ログインはデバイスから始まります',
    text:
      'このアドレスからはログインできません（unsupported_response_type）。' +
      'テレビでアプリを開き、画面の案内に従ってください。',
    action: 'コードがあります',
  },

  placeAndTime: {
    // Here the country comes first.
    place: (parts) => parts.toReversed().join('、'),
    justNow: 'たった今',
  },
}
