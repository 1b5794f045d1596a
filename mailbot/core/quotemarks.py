"""The words with which mail programs introduce quoted mail, in the languages of our people and a few more."""

import re

_REPLY_MARKERS = ("##- please type your reply above this line", "##- balas di atas garis ini")

_REPLIED = frozenset(
    {
        "original message", "original-nachricht", "original appointment", "reply message", "pesan asli",
        "pesan semula", "ursprüngliche nachricht", "originalnachricht", "message d'origine",
        "message original", "message initial", "mensaje original", "mensagem original", "messaggio originale",
        "oorspronkelijk bericht", "ursprungligt meddelande", "originalmeddelande", "oprindelig meddelelse",
        "original besked", "opprinnelig melding", "alkuperäinen viesti", "wiadomość oryginalna",
        "oryginalna wiadomość", "původní zpráva", "исходное сообщение", "orijinal mesaj", "原始邮件",
        "原始郵件", "邮件原件", "元のメッセージ", "원본 메시지", "antwort nachricht", "quoted text",
    }
)  # fmt: skip
_FORWARDED = frozenset(
    {
        "forwarded message", "forwarded by", "begin forwarded message", "pesan terusan",
        "pesan yang diteruskan", "weitergeleitete nachricht", "message transféré", "message transmis",
        "mensaje reenviado", "mensagem encaminhada", "messaggio inoltrato", "doorgestuurd bericht",
        "vidarebefordrat meddelande", "videresendt melding", "wiadomość przekazana", "пересылаемое сообщение",
        "转发邮件", "轉寄郵件", "fwd message", "anfang der weitergeleiteten nachricht",
        "début du message réexpédié", "inizio messaggio inoltrato", "inicio del mensaje reenviado",
        "memulai pesan terusan",
    }
)  # fmt: skip

_HEADER_WORDS = {
    "from": "from von de da dari van från fra od от kimden lähettäjä 发件人 寄件者 差出人 보낸사람 "
    "expéditeur remitente mittente",
    "sent": "sent date gesendet datum envoyé enviado fecha data inviato dikirim terkirim tanggal tgl verzonden skickat "
    "sendt wysłano odesláno отправлено дата envoyéle enviadael inviatoil tarih gönderme lähetetty enviada "
    "发送时间 日期 寄件日期 送信日時 보낸날짜",
    "to": "to an à para a kepada ke untuk aan till til do komu кому kime vastaanottaja destinataire destinatario "
    "收件人 收件者 宛先 받는사람",
    "subject": "subject betreff objet asunto assunto oggetto subjek perihal judul onderwerp ämne emne temat "
    "předmět тема konu aihe 主题 主旨 件名 제목",
    "cc": "cc bcc tembusan kopi kopie copia 抄送 副本 참조",
    "other": "reply-to importance priority attachments organization",
}
_HEADER_KINDS = {word: kind for kind, words in _HEADER_WORDS.items() for word in words.split()}
_MAX_HEADER_WORD = 24

# The words that begin an attribution, and those that end it.
_OPENINGS = frozenset(
    [
        "on", "pada", "am", "le", "el", "il", "em", "no", "op", "den", "dne", "dnia", "w", "în", "på", "在",
        "于", "於", "vào", "em:", "pd", "on:", "tanggal", "hari",
    ]
)  # fmt: skip
_VERBS = (
    "wrote", "writes", "said", "menulis", "tulis", "schrieb", "schrieben", "geschrieben", "a écrit", "ecrit",
    "écrit", "escribió", "escribio", "ha scritto", "scritto", "escreveu", "schreef", "geschreven",
    "het volgende geschreven", "skrev", "napisał", "napisała", "napisał(a)", "napsal", "napsal(a)",
    "kirjoitti", "написал", "написала", "пишет", "написав", "yazdı", "đã viết", "写道", "寫道", "のメッセージ",
    "님이 작성", "작성", "wrote the following", "a scris", "ha escrit", "pisze", "sent", "írta", "napísal",
    "napísal(a)", "mengirim", "написал(а)", "ditulis", "tulisnya",
)  # fmt: skip
_VERB_ENDINGS = tuple(f"{verb}{colon}" for verb in _VERBS for colon in (":", " :", "：", ""))
_MAX_ATTRIBUTION = 600
_MAX_NAMED = 120
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d")
# German, Polish and others put the verb before the date: "Rita <r@example.com> schrieb am 1.2.2026 um 10:00:".
_VERB_FIRST = re.compile(
    r"\b(?:schrieb am|hat am|a écrit le|ha scritto il|menulis pada|wrote on|wrote at|writes on|skrev den|napisał dnia"
    r"|escribió el|escreveu em|schreef op)\b"
)
_DEVICES = (
    "sent from my ", "sent from mail for windows", "sent from outlook", "sent from yahoo mail",
    "sent from samsung", "sent from a mobile", "sent from mobile", "sent from galaxy", "sent via ",
    "sent wirelessly from ", "envoyé sans fil ", "sent using ", "sent with ", "sent by ", "get outlook for ",
    "dikirim dari ", "dikirim melalui ", "terkirim dari ", "unduh outlook ", "dapatkan outlook ",
    "von meinem ", "gesendet von ", "gesendet mit ", "diese nachricht wurde von meinem ", "envoyé de mon ",
    "envoyé depuis ", "enviado desde ", "enviado do meu ", "enviado de mi ", "enviado a partir ",
    "inviato da ", "inviato dal ", "verzonden vanaf ", "verstuurd vanaf ", "skickat från ", "sendt fra ",
    "wysłane z ", "отправлено с ", "发自我的", "從我的", "iphoneから送信", "나의 iphone", "sent from ",
)  # fmt: skip
_MAX_DEVICE = 100


def is_reply_marker(look: str) -> bool:
    """Whether a line is the one above which a reply is asked for."""
    return look.startswith("##") and look.casefold().startswith(_REPLY_MARKERS)


def is_rule(look: str) -> bool:
    """Whether a line is a rule of underscores or dashes, as Outlook draws above a quoted mail."""
    return len(look) >= 5 and not look.strip("_-=* ")


def separator_kind(look: str) -> str:
    """Gives "reply" or "forward" for a line such as "-----Original Message-----", "" for other lines."""
    if (look[0] not in "-_=*#" and not look.endswith(":")) or len(look) > 100:
        return ""
    words = look.strip("-_=*#:>： ").casefold()
    if look[0] in "-_=*#" and words in _REPLIED:
        return "reply"
    return "forward" if words in _FORWARDED or words.startswith("forwarded by ") else ""


def header_kind(look: str) -> str:
    """What a line of a quoted header is: "from", "sent", "to", "subject", "cc", "other"; "" if it is none."""
    word, colon, _ = look[: _MAX_HEADER_WORD + 4].replace("：", ":").partition(":")
    return _HEADER_KINDS.get(word.strip("*_> ").casefold().replace(" ", ""), "") if colon else ""


def may_begin_header(look: str) -> bool:
    """Whether a line may be the first one of a quoted header."""
    return header_kind(look) in ("from", "sent")


def is_footer_rule(look: str) -> bool:
    """Whether a line is the long rule of underscores above the footer of a mailing list."""
    return len(look) >= 20 and not look.strip("_")


def is_dash_name(look: str) -> bool:
    """Whether a line is a name behind dashes, "-Rita" or "--- Rita Doe": the signature of busy people."""
    bare = look.lstrip("-—")
    dashes = len(look) - len(bare)
    if not 1 <= dashes <= 3 or len(bare) > 30 or (dashes == 1 and bare.startswith(" ")):
        return False
    words = bare.split()
    return 1 <= len(words) <= 3 and all(word.replace(".", "").isalpha() for word in words)


def may_end_attribution(look: str) -> bool:
    """A cheap look at whether a line may be the last one of "On ... wrote:"."""
    return look[-1] in ":：" or look.casefold().endswith(_VERBS)


def opens_attribution(text: str) -> bool:
    """Whether a text begins with the word of an attribution: "On", "Pada", "Am"."""
    return text[:30].casefold().split(None, 1)[0].rstrip(",") in _OPENINGS


def is_attribution(joined: str, quote_follows: bool) -> bool:
    """Whether some joined lines are an attribution, and not prose that happens to end with "wrote:".

    Args:
        joined: The lines, joined by blanks.
        quote_follows: Whether lines marked with ">" follow.
    """
    if len(joined) > _MAX_ATTRIBUTION:
        return False
    folded = joined.casefold()
    address = "@" in joined
    dated = bool(_YEAR.search(joined) or _TIME.search(joined))
    opens = opens_attribution(folded)
    if folded.endswith(_VERB_ENDINGS):
        named = address and "<" in joined and len(joined) <= _MAX_NAMED and folded[-1] in ":："
        strong = (address and _DIGIT.search(joined) is not None) or dated or quote_follows or named
        return strong and (opens or address or (quote_follows and len(joined) <= _MAX_NAMED))
    if folded[-1] not in ":：":
        return False
    if _VERB_FIRST.search(folded) or (opens and any(verb in folded for verb in _VERBS)):
        return dated or address
    # Gmail in some languages: "вт, 3 дек. 2024 г. в 10:11, Rita <rita@example.com>:".
    return address and dated and folded.rstrip(":： ").endswith(">")


def is_device_line(look: str) -> bool:
    """Whether a line is the advertisement that phones add: "Sent from my ...", "Dikirim dari ..."."""
    # "Sent from my desk, is much easier" is a sentence.
    return len(look) <= _MAX_DEVICE and "," not in look and look.casefold().lstrip("*_<[").startswith(_DEVICES)
