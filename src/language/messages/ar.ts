// Modern Standard Arabic, without vowel signs, so that it speaks to women and men alike where it can.
import type { Messages } from '../language.ts'
import { arabicMinutes, arabicWaitingTime } from './arabic-count.ts'
import { isolate } from './isolate.ts'

export const ar: Messages = {
  layout: {
    footer: (brand) => `لا تطلب خدمة ${isolate(brand)} أبدًا رمزًا عبر البريد أو الدردشة أو الهاتف.`,
    devices: 'أجهزتي',
    support: 'المساعدة',
    terms: 'الشروط',
    privacy: 'الخصوصية',
  },

  form: {
    show: { before: '', visible: 'إظهار', after: 'كلمة المرور' },
    hide: { before: '', visible: 'إخفاء', after: 'كلمة المرور' },
  },

  enterCode: {
    title: 'ربط جهازك',
    problemTitle: 'مشكلة في الرمز',
    label: 'الرمز',
    hint: {
      letters: `الرمز الظاهر على التلفزيون، مثل ${isolate('WDJB-MJHT')}`,
      digits: `الرمز الظاهر على التلفزيون، مثل ${isolate('019-450-730')}`,
      either: `الرمز الظاهر على التلفزيون، مثل ${isolate('WDJB-MJHT')} أو ${isolate('019-450-730')}`,
    },
    byLink: {
      text: 'إذا مسحت رمز الاستجابة السريعة الظاهر على التلفزيون، يُرجى الضغط على «متابعة». يمكن أيضًا إدخال الرمز المكتوب هناك.',
      warning: 'إذا أرسل لك شخص ما هذا الرابط، يُرجى إغلاق هذه الصفحة.',
    },
    submit: 'متابعة',
    malformed: {
      letters: 'يتكون الرمز من 8 أحرف. يُرجى التحقق منه على جهازك وإعادة المحاولة.',
      digits: 'يتكون الرمز من 9 أرقام. يُرجى التحقق منه على جهازك وإعادة المحاولة.',
      either: 'يتكون الرمز من 8 أحرف أو 9 أرقام. يُرجى التحقق منه على جهازك وإعادة المحاولة.',
    },
    inNoCode: {
      letters: (found) =>
        `الرمز أحرف لاتينية فقط، بلا حروف علة (ولا ${isolate('Y')}) ولا أرقام: يُرجى التحقق مجددًا من ${found.map(isolate).join('، ')}.`,
      digits: (found) =>
        `يتكون الرمز من أرقام فقط: يُرجى التحقق مجددًا من ${found.map(isolate).join('، ')}.`,
      either: (found) =>
        `الرمز بلا حروف علة (ولا ${isolate('Y')}): يُرجى التحقق مجددًا من ${found.map(isolate).join('، ')}.`,
    },
    notValid:
      'هذا الرمز غير صالح أو انتهت صلاحيته. يُرجى التحقق منه أو الحصول على رمز جديد على جهازك.',
  },

  signIn: {
    title: 'تسجيل الدخول',
    againTitle: 'تسجيل الدخول مجددًا',
    again: 'للتأكد من هويتك، يُرجى تسجيل الدخول مرة أخرى.',
    problemTitle: 'مشكلة في تسجيل الدخول',
    waiting: 'هناك جهاز بانتظار ردك.',
    inApp:
      'هذا متصفح داخل تطبيق آخر. إذا سبق تسجيل الدخول في متصفحك المعتاد، يُرجى فتح هذه الصفحة فيه من قائمة التطبيق. يبقى الرمز محفوظًا.',
    email: 'البريد الإلكتروني',
    password: 'كلمة المرور',
    submit: 'تسجيل الدخول',
    newHere: 'أول مرة هنا؟',
    create: 'إنشاء حساب',
    switchAccount: 'استخدام حساب آخر',
    or: 'أو',
    passkey: 'الدخول بمفتاح المرور',
    passkeyProblem: 'لم يُستخدم أي مفتاح مرور. يُرجى إعادة المحاولة أو تسجيل الدخول بطريقة أخرى.',
    refused: 'البريد الإلكتروني وكلمة المرور غير متطابقين.',
    continueWith: (provider) => `المتابعة باستخدام ${isolate(provider)}`,
    cancelled: (provider) => `لم يكتمل تسجيل الدخول لدى ${isolate(provider)}. يُرجى إعادة المحاولة.`,
    failed: (provider) =>
      `تعذّر تسجيل الدخول لدى ${isolate(provider)}. يُرجى إعادة المحاولة بعد قليل.`,
    stale: (provider, ago) =>
      `كان آخر تسجيل دخول لك لدى ${isolate(provider)} ${isolate(ago)}. مضى عليه وقت طويل، ولم يُطلب منك هناك تسجيل الدخول مجددًا. ` +
      'يُرجى تسجيل الخروج هناك ثم إعادة المحاولة.',
    untold: (provider) =>
      `لا تخبرنا ${isolate(provider)} بوقت آخر تسجيل دخول لك لديها، لذلك لا يمكننا قبول تسجيل الدخول هذا. ` +
      'يُرجى إبلاغ فريق دعم هذه الخدمة.',
    ended: 'استغرق تسجيل الدخول هذا وقتًا طويلًا، أو بدأ في متصفح آخر. يُرجى البدء من جديد.',
    disabled: 'هذا الحساب معطّل. إذا كان ذلك خطأ، يُرجى التواصل مع فريق دعم هذه الخدمة.',
    wait: (seconds) => `محاولات كثيرة جدًا. يُرجى إعادة المحاولة بعد ${arabicWaitingTime(seconds)}.`,
  },

  createAccount: {
    title: 'إنشاء حسابك',
    problemTitle: 'مشكلة في إنشاء حسابك',
    name: 'الاسم',
    email: 'البريد الإلكتروني',
    password: 'كلمة المرور',
    passwordHint: '15 حرفًا على الأقل. بضع كلمات يسهل عليك تذكرها خيار جيد.',
    submit: 'إنشاء حساب',
    haveOne: 'لديك حساب؟',
    signIn: 'تسجيل الدخول',
    problems: {
      name: {
        missing: 'يُرجى إدخال اسمك.',
        too_long: 'يُرجى اختيار اسم أقصر، لا يتجاوز 64 حرفًا.',
      },
      email: {
        malformed: `يُرجى إدخال عنوان مثل ${isolate('name@example.com')}.`,
        too_long: 'يُرجى إدخال عنوان أقصر، لا يتجاوز 254 حرفًا.',
        taken: 'يوجد حساب بهذا العنوان. يمكنك تسجيل الدخول بدلًا من ذلك.',
      },
      password: {
        too_short: 'كلمة المرور قصيرة جدًا.',
        too_long: 'الحد الأقصى 256 حرفًا.',
        common: 'كلمة المرور هذه من أول ما يُخمَّن. يُرجى اختيار غيرها.',
        personal: 'يجب ألا تحتوي على اسمك أو عنوانك أو اسم هذه الخدمة.',
        repetitive: 'يجب ألا تتكرر فيها الأحرف القليلة نفسها.',
      },
    },
  },

  device: {
    unnamed: 'جهاز',
    television: (make) => `تلفزيون ${make}`,
  },

  confirm: {
    title: (client) => `ربط جهاز بخدمة ${isolate(client)}؟`,
    signedIn: 'الحساب:',
    switchAccount: 'تبديل الحساب',
    sameCode: 'هل يعرض جهازك هذا الرمز؟',
    timeLeft: (minutes) =>
      minutes > 1 ? `صالح لمدة ${arabicMinutes(minutes)}` : 'صالح لمدة دقيقة تقريبًا',
    until: (time) => `صالح حتى الساعة ${isolate(time)}`,
    otherCode: 'إدخال رمز آخر',
    device: 'الجهاز',
    deviceName: 'الاسم',
    place: 'المكان',
    network: 'الشبكة',
    askedAt: 'وقت الطلب',
    scopes: 'سيتمكن الجهاز من',
    resources: (hosts) => `على ${hosts.map(isolate).join('، ')}`,
    proximity: {
      same_network: 'على شبكتك نفسها',
      same_operator: 'عبر مزود الإنترنت نفسه وفي البلد نفسه مثلك',
      same_city: 'في المدينة التي أنت فيها',
      same_country: 'في البلد الذي أنت فيه',
      far: 'في بلد غير الذي أنت فيه',
    },
    check: {
      title: 'هل هذا الجهاز معك؟',
      text: 'قد لا يكون قريبًا منك. ربما يحاول شخص آخر الدخول بحسابك.',
      code: 'الرمز الظاهر على شاشة الجهاز نفسه',
      codeHint: 'يُرجى قراءته من الجهاز، لا من رسالة.',
      inFront: 'الجهاز أمامي',
      codeProblem: 'هذا ليس الرمز الظاهر على هذا الجهاز.',
      inFrontProblem: 'يُرجى تحديد هذا الخيار فقط إذا كان الجهاز معك فعلًا.',
    },
    problemTitle: 'مشكلة في إجابتك',
    tooFar: {
      title: 'هذا الجهاز بعيد جدًا',
      text: (client) => `ليس في مكان وجودك، ولا تقبل خدمة ${isolate(client)} أجهزة كهذه.`,
      vpn: `عند استخدام شبكة ${isolate('VPN')}، يُرجى إيقافها على هاتفك وجهازك ثم إعادة المحاولة.`,
    },
    report: 'لم أبدأ هذا الطلب',
    warning: 'لا تسمح بهذا إلا إذا بدأته بنفسك على جهازك الخاص.',
    never: 'لا توافق أبدًا على رمز أرسله إليك أي شخص عبر البريد أو الدردشة أو الهاتف.',
    deny: 'عدم السماح',
    allow: 'السماح',
  },

  unverified: {
    label: (brand) => `غير موثق من ${isolate(brand)}`,
    inSentence: (client, brand) => `${isolate(client)} (غير موثق من ${isolate(brand)})`,
  },

  scopes: {
    openid: 'التعرف عليك',
    profile: 'الاطلاع على اسمك',
    email: 'الاطلاع على بريدك الإلكتروني',
    offline_access: 'إبقاء تسجيل الدخول على هذا الجهاز',
    'device:approve': 'السماح لأجهزة أخرى بالدخول باسمك',
  },

  ended: {
    expired: {
      title: 'انتهت صلاحية هذا الرمز',
      text: 'لم يتم ربط أي شيء. يُرجى الحصول على رمز جديد على جهازك وإدخاله هنا.',
    },
    answered: {
      title: 'سبقت الإجابة عن هذا الرمز',
      text: 'تمت الإجابة من حساب آخر أو من شخص آخر، ولا يُستخدم الرمز إلا مرة واحدة. لربط الجهاز بنفسك، يُرجى الحصول على رمز جديد منه.',
    },
    stopped: {
      title: 'تم إيقاف هذا الرمز',
      text: 'فتحه عدة أشخاص، كما يحدث عند تداول الرموز. لم يتم ربط أي شيء. يُرجى استخدام الرموز الظاهرة على جهازك فقط.',
    },
    clientGone: {
      title: 'لم يعد بإمكان هذا التطبيق الاتصال',
      text: (brand) =>
        `لم تعد خدمة ${isolate(brand)} تتعرف على التطبيق في هذا الجهاز. لم تتم مشاركة أي شيء. يُرجى تحديث التطبيق ثم الحصول على رمز جديد.`,
    },
    action: 'إدخال رمز جديد',
  },

  result: {
    approved: {
      title: 'تم ربط جهازك',
      next: 'يمكنك العودة إلى التلفزيون.',
      detail: (client, device) =>
        `أصبحت خدمة ${isolate(client)} جاهزة على ${isolate(device)}. يمكنك إغلاق هذه الصفحة.`,
    },
    denied: {
      title: 'لم تتم مشاركة أي شيء',
      next: 'لم يتم السماح بذلك.',
      detail: (client, device) =>
        `الجهاز ${isolate(device)} غير مرتبط بخدمة ${isolate(client)}. ` +
        'إذا لم تبدأ هذا الطلب بنفسك، فقد أحسنت التصرف.',
    },
    reported: {
      title: 'تم إيقاف الطلب',
      next: 'لم يحصل الجهاز على حق الدخول.',
      detail: (client, device) =>
        `الجهاز ${isolate(device)} غير مرتبط بخدمة ${isolate(client)}. ` +
        'من أرسل إليك الرمز لم يعد بإمكانه استخدامه.',
    },
    withdrawn: {
      title: 'تمت إزالة الجهاز',
      next: 'تم تسجيل خروجك من كل مكان.',
      detail: (client, device) =>
        `لم يعد الجهاز ${isolate(device)} مرتبطًا بخدمة ${isolate(client)}. ` +
        'لمعرفة الأجهزة الأخرى المرتبطة، يُرجى تسجيل الدخول مجددًا.',
    },
    mistake: 'إذا حدث ذلك عن طريق الخطأ، يُرجى الحصول على رمز جديد على جهازك وإدخاله هنا.',
    notMe: 'لست أنا من فعل هذا',
    notMeHint: 'يزيل الجهاز ويسجل خروجك من كل مكان.',
    passkey: {
      title: 'في المرة القادمة من دون كلمة مرور',
      text: 'مع مفتاح المرور، تكفي بصمة إصبعك أو وجهك أو قفل الشاشة لتسجيل الدخول.',
    },
  },

  sure: {
    device: {
      title: (device) => `هل تريد إزالة ${isolate(device)}؟`,
      text: 'سيتم تسجيل خروجه فورًا، وسيحتاج إلى رمز جديد للعودة.',
      yes: 'إزالة',
    },
    passkey: {
      title: (name) => `هل تريد إزالة مفتاح المرور ${isolate(name)}؟`,
      text: 'لن يعود بالإمكان تسجيل الدخول به هنا.',
      yes: 'إزالة',
    },
    notMe: {
      title: (device) => `هل تريد إزالة ${isolate(device)} وتسجيل الخروج؟`,
      text: 'سيفقد الجهاز إمكانية الوصول، وسيتم تسجيل خروجك من كل مكان.',
      yes: 'إزالة وتسجيل الخروج',
    },
    back: 'الإبقاء عليه',
  },

  devices: {
    title: 'أجهزتي',
    person: 'الحساب:',
    signOut: 'تسجيل الخروج',
    connected: 'الأجهزة المرتبطة',
    noDevices: 'لا يوجد أي جهاز مرتبط.',
    service: 'الخدمة',
    place: 'المكان',
    allowedAt: 'تم السماح',
    waiting: 'بانتظار الجهاز',
    connectedAt: 'وقت الربط',
    usedAt: 'آخر استخدام',
    rename: 'تغيير الاسم',
    renameLabel: (name) => `اسم جديد لـ ${isolate(name)}`,
    save: 'حفظ',
    remove: 'إزالة',
    removeLabel: (name) => `إزالة ${isolate(name)}`,
    passkeys: 'مفاتيح المرور',
    noPasskeys: 'ليس لديك مفتاح مرور بعد. إنه يتيح لك تسجيل الدخول من دون كلمة مرور.',
    addPasskey: 'إضافة مفتاح مرور',
    addProblem: 'لم تتم إضافة أي مفتاح مرور. يُرجى إعادة المحاولة.',
    passkeysFull: 'بلغ حسابك الحد الأقصى لمفاتيح المرور. أزِل مفتاحًا لإضافة مفتاح آخر.',
    newPasskey: (browser) => `مفتاح المرور من ${isolate(browser)}`,
    addedAt: 'وقت الإضافة',
    never: 'لم يُستخدم',
    prompts: {
      title: 'إشعارات تسجيل الدخول',
      text: 'عندما يريد جهاز يعرفك تسجيل الدخول بالقرب منك، تعرض المتصفحات التي تختارها إشعارًا. لا يُسمح بأي شيء قبل أن تفتحه وتجيب.',
      ask: 'اسألني في هذا المتصفح',
      unsupported: 'لا يستطيع هذا المتصفح عرض الإشعارات.',
      problem: 'لا يسمح هذا المتصفح بالإشعارات. يُرجى السماح بها في إعداداته ثم إعادة المحاولة.',
      since: 'منذ',
      stop: 'إيقاف السؤال',
      stopLabel: (browser) => `إيقاف السؤال على ${isolate(browser)}`,
    },
    sessions: 'أماكن تسجيل دخولك',
    thisBrowser: 'هذا المتصفح',
    signedInAt: 'وقت الدخول',
    endSession: 'تسجيل الخروج',
    endSessionLabel: (browser) => `تسجيل الخروج من ${isolate(browser)}`,
    everywhere: 'تسجيل الخروج من كل مكان',
    everywhereHint: 'ينهي كل الجلسات، بما فيها هذه.',
    withDevices: 'إزالة كل الأجهزة أيضًا',
    activity: 'آخر النشاطات',
    noActivity: 'لا شيء بعد.',
    events: {
      signed_in: (about) => `تسجيل الدخول: ${isolate(about)}`,
      device_allowed: (about) => `تم السماح بالجهاز ${isolate(about)} ولم يسجل الدخول بعد`,
      device_lapsed: (about) => `تم السماح بالجهاز ${isolate(about)} ولم يسجل الدخول قط`,
      device_connected: (about) => `ربط جهاز: ${isolate(about)}`,
      device_removed: (about) => `إزالة جهاز: ${isolate(about)}`,
      device_reported: (about) => `إزالة جهاز ليس لك: ${isolate(about)}`,
      request_reported: (about) => `إيقاف طلب: ${isolate(about)}`,
      collected_elsewhere: (about) => `إيقاف جهاز لم يكن حيث سمحت به: ${isolate(about)}`,
      signed_out_everywhere: () => 'تسجيل الخروج من كل مكان',
      passkey_added: (about) => `إضافة مفتاح مرور: ${isolate(about)}`,
      passkey_removed: (about) => `إزالة مفتاح مرور: ${isolate(about)}`,
    },
    something: 'بلا اسم',
    done: {
      renamed: 'تم حفظ الاسم الجديد.',
      removed: (device) => `تمت إزالة ${isolate(device)}.`,
      passkeyAdded: 'مفتاح المرور جاهز.',
      passkeyRemoved: (name) =>
        `تمت إزالة مفتاح المرور ${isolate(name)} من هنا. يُرجى حذفه من جهازك أيضًا.`,
      sessionEnded: 'تم تسجيل الخروج من ذلك المتصفح.',
      browserAsked: 'سيسألك هذا المتصفح.',
      browserNotAsked: 'لن يسألك ذلك المتصفح بعد الآن.',
    },
  },

  notification: {
    title: (device) => `تسجيل الدخول على ${isolate(device)}؟`,
    text: (client, place) =>
      `${isolate(client)}، من ${isolate(place)}. تابع فقط إذا بدأت هذا بنفسك الآن.`,
    notMe: 'لست أنا',
  },

  problem: {
    missing: {
      title: 'هذه الصفحة غير موجودة',
      text: 'يُرجى التحقق من العنوان أو البدء برمزك.',
    },
    forbidden: {
      title: 'لم يأتِ الطلب من هذه الصفحة',
      text: 'النموذج قديم جدًا أو جاء من مكان آخر. لم يتغير أي شيء. يُرجى إعادة المحاولة.',
    },
    outdated: {
      title: 'لم تعد هذه الصفحة محدّثة',
      text: 'جرى بعد فتحها تسجيل دخول أو خروج، ربما في علامة تبويب أخرى. لم يتغير أي شيء. يُرجى إعادة المحاولة.',
    },
    cookies: {
      title: 'تحتاج هذه الصفحة إلى ملفات تعريف الارتباط',
      text:
        'يُرجى السماح بملفات تعريف الارتباط لهذا الموقع، حتى نحتفظ برمزك أثناء تسجيل الدخول، ' +
        'ثم البدء من جديد.',
    },
    tooLarge: {
      title: 'الحجم كبير جدًا',
      text: 'كان النموذج أكبر من الحد المسموح به.',
    },
    unavailable: {
      title: 'حدث خطأ هنا',
      text: 'يُرجى إعادة المحاولة بعد قليل. إذا كنت قد ضغطت زرًا للتو، فستُظهر لك الصفحة ما إذا كان قد تم تنفيذ طلبك.',
    },
    requestId: 'معرّف الطلب:',
    tooMany: {
      title: 'محاولات كثيرة جدًا',
      text: (seconds) => `يُرجى إعادة المحاولة بعد ${arabicWaitingTime(seconds)}.`,
      kept: 'رمزك محفوظ.',
      over: 'يمكنك إعادة المحاولة الآن.',
      again: 'إعادة المحاولة',
    },
    start: 'إدخال رمز',
  },

  authorize: {
    title: 'يبدأ تسجيل الدخول على جهازك',
    text:
      `لا يمكن لأحد تسجيل الدخول من هذا العنوان (${isolate('unsupported_response_type')}). ` +
      'يُرجى فتح التطبيق على التلفزيون واتباع ما يعرضه.',
    action: 'لديّ رمز',
  },

  placeAndTime: {
    place: (parts) => parts.map(isolate).join('، '),
    justNow: 'الآن',
  },
}
