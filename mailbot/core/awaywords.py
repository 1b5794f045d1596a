"""The words of machines: vacation notices, receipts, questions of filters. They are compared with folded text."""

from mailbot.core.text import fold


def _folded(*phrases: str) -> tuple[str, ...]:
    """Folds the phrases of other scripts; the Latin ones are written folded."""
    return tuple(phrase if phrase.isascii() else fold(phrase) for phrase in phrases)


# How subjects of vacation programs begin. Each is weak alone: people write such words too.
SUBJECTS = _folded(
    # en, id, ms
    "automatic reply", "auto reply", "autoreply", "auto-reply", "auto response", "autoresponse", "auto-response",
    "automated reply", "automated response", "automatic response", "auto responder", "autoresponder", "auto answer",
    "out of office", "out of the office", "out-of-office", "away from office",
    "away from the office", "away from my", "away message", "on vacation",     "ooo:", "ooto", "i am away",
    "i'm away", "i am out", "i'm out of", "absence notice", "not in the office", "currently away", "currently out",
    "balasan otomatis", "jawaban otomatis", "respon otomatis", "respons otomatis", "balas otomatis",
    "pesan otomatis", "otomatis:", "di luar kantor", "diluar kantor", "sedang cuti", "saya cuti",
    "sedang tidak di kantor", "tidak di kantor", "tidak berada di kantor", "tidak ditempat",
    "tidak di tempat", "sedang dinas", "balasan automatik",     # de, fr, es, it, pt, nl
    "automatische antwort", "automatische ruckantwort", "automatische ruckmeldung", "automatische e-mail",
    "ich bin abwesend", "abwesenheitsnotiz", "abwesenheitsmeldung", "abwesenheitsnachricht",
    "abwesenheitsassistent", "nicht im buro", "im urlaub", "ausser haus", "out of buro", "autoantwort",
    "reponse automatique", "reponse auto", "absence du bureau", "message d'absence", "absent du bureau",
    "en conges", "hors du bureau", "respuesta automatica", "fuera de la oficina", "fuera de oficina",
    "ausente de la oficina", "de vacaciones", "resposta automatica", "fora do escritorio", "de ferias",
    "ausente do escritorio", "risposta automatica", "fuori ufficio", "fuori sede", "in ferie",
    "automatisch antwoord", "automatische beantwoording", "niet aanwezig", "met vakantie", "niet op kantoor",
    "buiten kantoor", "antwoord bij afwezigheid",
    # sv, da, no, fi
    "autosvar", "automatiskt svar", "automatisk svar", "ej pa kontoret", "inte pa kontoret", "ikke til stede",
    "ikke pa kontoret", "ute av kontoret", "fravaersmelding", "automaattinen vastaus", "poissa toimistosta",
    "poissaoloviesti",
    # pl, cs, sk, hu, ro, tr
    "odpowiedz automatyczna", "automatyczna odpowiedz", "poza biurem", "nieobecny", "automaticka odpoved",
    "mimo kancelar", "automatikus valasz", "hazon kivul", "irodan kivul", "tavollet", "raspuns automat",
    "plecat din birou", "otomatik yanit", "otomatik cevap", "ofis disinda", "izinliyim",
    # ru, uk, el, he, ja, zh, ko, vi, th
    "автоматический ответ", "автоответ", "в отпуске", "нет на месте", "вне офиса", "автоматична відповідь",
    "αυτοματη απαντηση", "εκτος γραφειου", "תשובה אוטומטית", "自動返信", "自動応答", "自動回答", "不在通知",
    "外出中", "自动回复", "自动答复", "自動回覆", "自動回復", "不在办公室", "不在辦公室", "자동 회신", "자동 응답",
    "자동응답", "부재중", "부재 중", "tra loi tu dong", "phan hoi tu dong", "ตอบกลับอัตโนมัติ",
)  # fmt: skip
# The bare words for a leave, which people write to a helpdesk as well: a sign in the header must stand beside them.
NOUNS = _folded(
    "vacation", "absence", "absent", "cuti", "bercuti", "libur", "urlaub", "conges", "vacaciones", "ferias",
    "ferie", "ferie -", "assenza", "ausencia", "ausencia temporaria", "semester", "urlop", "dovolena", "szabadsag",
    "отпуск", "відпустка", "休暇", "外出", "休假", "휴가", "annual leave", "maternity leave", "parental leave",
    "sick leave", "on leave", "on holiday", "out of work", "abwesenheit", "office closed", "dinas luar",
    "izin tidak masuk", "i am on", "ooo ", "不在", "afwezig", "lomalla", "eingangsbestatigung", "holiday notice",
    "fravaer", "franvaro", "poissaolo", "nieobecnosc", "nepritomnost", "assente", "abwesend", "auto:",
)  # fmt: skip
# What people want who write about such notices.
REQUESTS = _folded(
    "set up", "setup", "setting", "configur", "how to", "how do", "problem", "error", "issue", "not work",
    "n't work", "enable", "activat", "disable", "turn o", "remove", "change", "help", "request", "please",
    "question", "?", "broken", "aktif", "atur", "cara ", "tolong", "mohon", "minta", "bantu", "masalah", "kendala",
    "gagal", "pengajuan", "permintaan", "einricht", "einstell", "bitte", "aktivier", "funktioniert nicht",
    "anfrage", "activer", "demande", "probleme", "activar", "solicitud", "problema", "ativar", "solicita",
    "instellen", "attivare", "richiesta", "настро", "помо",
)  # fmt: skip
# What somebody says of himself who is away, or a machine of its answer: the second sign beside such a subject.
PHRASES = _folded(
    "i am out of", "i'm out of", "i am currently out", "i'm currently out", "i will be out of", "i'll be out of",
    "out of the office", "out of office", "i am on vacation", "i'm on vacation", "i am on annual leave",
    "i am on leave", "i'm on leave", "i am currently on", "i'm currently on", "i am away", "i'm away",
    "i will be away", "i'll be away", "i am on holiday", "i'm on holiday", "limited access to e-mail",
    "limited access to email", "limited access to my e", "no access to my e", "no access to e", "automatic reply",
    "automated response", "automated reply", "automatic response", "automatically generated", "auto-generated",
    "do not reply to this", "i will be back", "i'll be back", "i will return", "i return on", "when i return",
    "upon my return", "on my return", "your message has been received", "we have received your", "saya sedang cuti",
    "saya cuti", "saya sedang tidak di", "saya sedang tidak ber", "saya sedang berada", "saya sedang dinas",
    "saat ini saya sedang", "saat ini saya tidak", "kami sedang libur", "saya tidak berada", "sedang cuti",
    "di luar kantor", "diluar kantor", "tidak berada di kantor", "akses terbatas", "akses email saya terbatas",
    "balasan otomatis", "dibalas otomatis", "pesan otomatis", "dikirim secara otomatis", "otomatis oleh sistem",
    "kembali bekerja pada", "kembali ke kantor", "saya akan kembali", "saya kembali", "akan saya balas",
    "telah kami terima", "ich bin abwesend", "ich bin bis", "ich bin vom", "ich bin im urlaub", "ich bin nicht",
    "ich bin derzeit", "ich bin zur zeit", "ich bin ab dem", "nicht im buro", "nicht im hause", "bin ich abwesend",
    "automatisch generiert", "automatisch erstellt", "wieder erreichbar", "zuruck im buro", "keinen zugriff",
    "nicht weitergeleitet", "je suis absent", "je suis en conge", "je suis actuellement", "en conges",
    "absent du bureau", "actuellement absent", "de retour le", "je serai de retour", "estoy de vacaciones",
    "estoy fuera", "estare fuera", "fuera de la oficina", "de vacaciones", "regresare", "estarei ausente",
    "estou de ferias", "estou ausente", "de ferias", "retorno em", "retornarei", "sono in ferie", "saro assente",
    "sono assente", "fuori ufficio", "saro fuori", "al mio rientro", "rientro il", "ik ben afwezig",
    "ik ben niet aan", "ik ben niet op", "afwezig", "ik ben met", "ik ben op", "weer bereikbaar",
    "jag har semester", "jag ar inte", "jag ar pa", "jag ar ledig", "ater pa kontoret", "jeg er pa ferie",
    "jeg har ferie", "jeg er ikke pa", "jeg er tilbage", "jeg er tilbake", "olen lomalla", "olen poissa",
    "palaan toihin", "jestem na urlopie", "jestem nieobecn", "jestem poza", "bede nieobecn", "wracam do pracy",
    "nejsem pritom", "mam dovolenou", "jsem na dovolene", "szabadsagon vagyok", "nem vagyok elerheto",
    "я в отпуске", "нахожусь в отпуске", "буду отсутствовать", "нет на месте", "отсутствую", "я буду отсутств",
    "izindeyim", "ofis disindayim", "不在にして", "休暇", "自動返信", "自動的に", "自动回复", "正在休假", "外出",
    "不在办公室", "不在辦公室", "부재중", "자동 응답", "자동 회신", "휴가",
)  # fmt: skip
# How a line of a mail begins that a program wrote.
MACHINE_LINES = _folded(
    "this is an automated message", "this is an automated e", "this is an automatic", "this is an auto-generated",
    "this is an auto generated", "this is a system generated", "this is a system-generated",
    "this message was generated", "this message was sent automatically", "this e-mail was sent automatically",
    "this email was sent automatically", "this email was automatically", "this e-mail was automatically",
    "this message was automatically", "this is a no-reply", "this is a no reply", "please do not reply to this",
    "please do not respond to this", "please don't reply to this", "do not reply to this",
    "this mailbox is not monitored", "this mailbox is unmonitored", "replies to this message are not",
    "replies to this email are not", "this email was sent from an unmonitored", "automated message -",
    "*** this is an auto", "pesan ini dikirim secara otomatis", "email ini dikirim secara otomatis",
    "e-mail ini dikirim secara otomatis", "email ini dibuat secara otomatis", "pesan ini dibuat secara otomatis",
    "ini adalah pesan otomatis", "ini adalah email otomatis", "mohon tidak membalas", "mohon untuk tidak membalas",
    "harap tidak membalas", "harap jangan membalas", "jangan membalas email ini", "jangan balas email ini",
    "diese e-mail wurde automatisch", "diese nachricht wurde automatisch", "dies ist eine automatisch",
    "dies ist eine automatische", "bitte antworten sie nicht auf", "ceci est un message automatique",
    "ceci est un e-mail automatique", "ce message est envoye automatiquement", "merci de ne pas repondre a",
    "veuillez ne pas repondre", "este es un mensaje automatico", "este es un correo automatico",
    "por favor no responda a este", "por favor, no responda a este", "no responda a este",
    "esta e uma mensagem automatica", "mensagem automatica", "por favor, nao responda", "nao responda a este",
    "questo e un messaggio automatico", "questa e una mail automatica", "si prega di non rispondere",
    "dit is een automatisch", "dit bericht is automatisch", "gelieve niet te antwoorden", "это автоматическое",
    "не отвечайте на это", "пожалуйста, не отвечайте", "このメールは自動", "本メールは自動", "※このメールは自動",
    "※本メールは", "此邮件为系统自动", "此为系统自动", "本邮件由系统自动", "系统自动发送", "本郵件為系統自動",
    "此郵件為系統自動",
)  # fmt: skip
# What a mail program writes in the name of somebody who has opened or deleted a mail.
RECEIPT_SUBJECTS = _folded(
    "read:", "not read:", "read receipt", "return receipt", "disposition notification", "displayed -", "opened:",
    "dibaca:", "tidak dibaca:", "tanda terima", "gelesen:", "ungelesen:", "nicht gelesen:", "lesebestatigung",
    "empfangsbestatigung", "lu :", "lu:", "non lu :", "non lu:", "accuse de lecture", "leido:", "no leido:",
    "confirmacion de lectura", "lida:", "nao lida:", "confirmacao de leitura", "letto:", "non letto:",
    "conferma di lettura", "ricevuta di ritorno", "gelezen:", "niet gelezen:", "leesbevestiging", "last:", "olast:",
    "laest:", "lest:", "luettu:", "przeczytano:", "nie przeczytano:", "precteno:", "olvasott:", "прочитано:",
    "не прочитано:", "okundu:", "開封済み:", "開封確認", "已读:", "已讀取:", "未读:", "읽음:",
)  # fmt: skip
RECEIPT_PHRASES = _folded(
    "was read on", "was displayed on", "was deleted without being read", "has been read", "was opened on",
    "this is a return receipt", "this is a receipt for the", "this return receipt only acknowledges",
    "telah dibaca", "dibaca pada", "dihapus tanpa dibaca", "wurde gelesen", "gelesen am", "wurde am",
    "ungelesen geloscht", "a ete lu", "a ete supprime sans", "fue leido", "se elimino sin", "foi lida",
    "foi excluida sem", "e stato letto", "eliminato senza", "is gelezen", "gelezen op", "verwijderd zonder",
    "было прочитано", "开封", "開封されました", "已被阅读", "于此时间阅读", "lastes", "blev laest", "ble lest",
    "przeczytan",
)  # fmt: skip
# The questions of filters that let only known senders through.
CHALLENGES = _folded(
    "please confirm your message", "please verify your message", "please confirm your email",
    "confirm your email to", "verification required", "sender verification", "please verify your e-mail",
    "please authenticate your", "you must verify", "challenge:", "message needs your confirmation",
    "your message to me is waiting", "[spamarrest]", "antispam uol", "boxbe", "spam arrest", "verify#",
    "your email requires verification", "your mail requires", "your message is awaiting moderator",
    "your message awaits moderator", "awaits moderator approval", "bestatigen sie ihre nachricht",
)  # fmt: skip
