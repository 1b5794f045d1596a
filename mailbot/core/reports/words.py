"""The words in which mail servers report. They are compared with folded text: no case, no accents."""

from mailbot.core.text import fold


def _folded(*phrases: str) -> tuple[str, ...]:
    """Folds the phrases of other scripts; the Latin ones are written folded."""
    return tuple(phrase if phrase.isascii() else fold(phrase) for phrase in phrases)


# Senders that are mail servers; how their local parts begin.
DAEMONS = (
    "mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon", "mail.daemon", "mailadm",
    "mdaemon", "mail.delivery", "mail-delivery", "post_master", "post-master", "maildelivery", "mail_delivery",
    "mailer.daemon", "double-bounce", "smtp-daemon", "microsoftexchange", "mta-postmaster", "uucp-daemon", "mmdf",
    "bounce-notification", "bounces-noreply", "system administrator", "systemadministrator", "autoreply-mailer",
)  # fmt: skip
# Senders that may be servers, or people who look after servers.
MAYBE_DAEMONS = (
    "postmaster", "postoffice", "daemon", "mailer", "mailmaster", "hostmaster", "smtp", "sysadmin", "systemadmin",
    "symantec_antivirus", "mailserver", "mail-server", "mailsystem",
)  # fmt: skip
DAEMON_NAMES = (
    "mail delivery", "mail deliver system", "mailer-daemon", "mailer daemon", "system administrator",
    "delivery subsystem", "mail system", "mailsystem", "mail transport", "mail administrator", "delivery agent",
    "mail router", "internet mail service", "mail server", "systemadministrator", "administrateur systeme",
    "administrador del sistema", "delivery service", "email delivery", "mailadministrator", "message router",
)  # fmt: skip
# What the subjects of reports hold.
SUBJECTS = _folded(
    "undelivered mail returned", "undelivered mail", "undeliverable", "undelivered message", "delivery status",
    "error sending your mail", "mail could not be", "配信に失敗", "送信に失敗", "delivery notification",
    "delivery report", "mail delivery failed", "mail delivery failure", "delivery failure", "delivery failed",
    "delivery has failed", "delivery problem", "delivery error", "returned mail", "mail returned", "failure notice",
    "failure notification", "failed mail", "mail failure", "nondeliverable mail", "non-deliver", "nondelivery",
    "non delivery", "message undeliver", "could not be delivered", "not deliverable", "user unknown",
    "unknown user", "returned to sender", "return to sender", "mail could not be sent", "message not delivered",
    "message status - undeliv", "message rejected", "rejected mail", "email bounce", "bounce notification", "[bounce]",
    "warning: could not send", "warning: message", "delayed mail", "mail delayed", "delivery warning",
    "delivery incomplete", "delivery delayed", "message delayed", "delivery delay", "smtp delivery",
    "smtp server: errors", "mail system error", "mail error", "message frozen", "address change",
    "failed to deliver", "unable to deliver", "undeliveried", "delivery unsuccessful", "mail not delivered",
    "recipient unknown", "invalid recipient", "unknown recipient", "unknown address error", "mail notification",
    "email delivery", "automatically rejected",
    # de, fr, es, it, pt, nl
    "unzustellbar", "nicht zugestellt", "zustellung fehlgeschlagen", "ubermittlungsstatus", "unzustellbarkeit",
    "fehler bei der zustellung", "zustellfehler", "non remis", "non distribu", "echec de la remise",
    "echec de remise", "etat de remise", "statut de remise", "echec de distribution", "echec de livraison",
    "no se puede entregar", "no se pudo entregar", "error de entrega", "estado de la entrega",
    "fallo en la entrega", "no entregado", "impossibile recapitare", "mancato recapito", "non recapitabile",
    "stato del recapito", "mancata consegna", "avviso di mancata", "nao entregue", "nao e possivel entregar",
    "falha na entrega", "status de entrega", "estado da entrega", "falha de entrega", "onbestelbaar",
    "niet afgeleverd", "niet bezorgd", "bezorgstatus", "leveringsstatus", "kan niet worden bezorgd",
    # sv, da, no, fi, pl, cs, hu, tr
    "olevererbar", "leveransstatus", "kunde inte levereras", "kunne ikke leveres", "uleverbar",
    "ei voitu toimittaa", "toimitus epaonnistui", "niedostarczaln", "niedostarczona", "niedoreczona",
    "nie dostarczono", "nedorucitelna", "nedoruceno", "kezbesithetetlen", "teslim edilemedi", "iletilemedi",
    # ru, id, ja, zh, ko
    "недоставлен", "не доставлен", "не удалось доставить", "уведомление о доставке", "не может быть доставлен",
    "tidak terkirim", "gagal terkirim", "gagal dikirim", "pengiriman gagal", "tidak dapat dikirim",
    "status pengiriman", "配信できません", "送信できません", "配達できません", "届けられません", "配信不能",
    "配信失敗", "送信できませんでした", "未配達", "配信エラー", "エラー通知", "不達", "退信", "退信通知",
    "投递失败", "投遞失敗", "无法投递", "無法傳遞", "无法送达", "未送达", "未傳遞", "배달 실패", "전송 실패",
    "배달되지 않",
)  # fmt: skip
# A line with one of them names the recipients, or stands above them.
HEADINGS = _folded(
    "following address", "following recipient", "of email to this address", "of mail to this address",
    "following user", "following destination", "following email", "following e-mail", "following person",
    "following mailbox", "these recipient", "this recipient", "following group", "following org",
    "recipients of this delivery", "list of the affected recip", "recipients were affected", "recipients did not",
    "recipients returned", "one or more of its recipients", "one or more of its destin", "one or more recip",
    "one or more destin", "one or more of the recip", "some or all of the recip", "the recipients listed",
    "following list of recip", "not be delivered", "n't be delivered", "cannot be delivered", "not delivered",
    "n't delivered", "not been delivered", "not deliverable", "unable to deliver", "able to deliver",
    "unable to be delivered", "undeliverable", "undelivered", "failed to deliver", "failed to send",
    "failed to be deliver", "delivery failed", "delivery failure", "delivery has failed", "deliver failed",
    "failed recipient", "failed address", "addresses failed", "address failed", "address(es) failed",
    "error delivering", "did not reach", "not reach", "could not deliver", "couldn't deliver", "cannot deliver",
    "can't deliver", "not able to deliver", "permanent fatal error", "fatal error", "unrecoverable error",
    "had delivery error", "delivery problem", "delivery error", "have delivery notif", "been rejected",
    "was rejected", "were rejected", "automatically rejected", "rejected recipient", "rejected for the following",
    "rejected by", "been blocked", "was blocked", "bounced", "returned to sender", "being returned",
    "problem delivering", "trouble delivering", "problem with the e-mail address", "wasn't found",
    "couldn't be found", "could not be found", "not found at", "transient non-fatal", "non-fatal error",
    "been delayed", "is delayed", "are delayed", "was delayed", "yet to be delivered", "yet been delivered",
    "still undelivered", "tried to deliver", "generating server", "could not be sent", "couldn't be sent",
    "not be sent", "failure reasons", "did not receive", "wasn't able to", "unable to send", "unsuccessful",
    "target address", "unknown or illegal", "permanent error", "errors occurred", "error occurred", "not listed in",
    "unreachable for", "exceeds allowed size", "mailbox is full", "mailbox full", "user unknown", "unknown user",
    "no such user", "unknown recipient", "invalid recipient", "invalid address", "does not exist", "is not valid",
    "mailbox unavailable", "over quota", "quota exceeded", "exceeded quota", "is disabled", "non-existent",
    "nonexistent", "not exist", "diagnostic information for admin", "not sent to", "can not be reached",
    "cannot be reached", "not accepted", "failed for",
    # de
    "nicht zugestellt", "unzustellbar", "folgende empfanger", "folgenden empfanger", "folgende adresse",
    "folgenden adresse", "nicht erreicht", "fehler bei der nachrichtenzustellung", "zustellung an",
    "empfanger:innen", "nicht ausgeliefert", "nicht zustellbar", "diagnoseinformationen",
    # fr
    "pas pu etre delivre", "pas pu etre remis", "n'a pas ete remis", "pas pu etre distribue", "echec de la remise",
    "destinataires suivants", "destinataire suivant", "adresses suivantes", "adresse suivante", "n'ont pas pu",
    "pas pu etre envoye", "non remis", "impossible de remettre", "informations de diagnostic", "n'a pu etre remis",
    # es, pt, it
    "no se pudo entregar", "no pudo ser entregado", "no ha podido entregar", "no se ha podido entregar",
    "siguientes destinatarios", "siguiente destinatario", "siguientes direcciones", "no fue entregado",
    "error de entrega", "no se puede entregar", "seguintes destinatarios", "seguinte destinatario",
    "nao pode ser entregue", "nao foi entregue", "nao foi possivel entregar", "falha na entrega",
    "seguenti destinatari", "seguente destinatario", "seguenti indirizzi", "non e stato recapitato",
    "impossibile recapitare", "non puo essere consegnato", "non e stato consegnato", "recapito non riuscito",
    "mancato recapito", "informazioni di diagnostica",
    # nl, sv, da, no, fi, pl, cs, hu, tr
    "volgende geadresseerde", "volgende ontvanger", "volgende adres", "niet worden afgeleverd",
    "niet worden bezorgd", "niet afgeleverd", "kan niet worden bezorgd", "foljande mottagare",
    "kunde inte levereras", "folgende modtager", "folgende mottaker", "kunne ikke leveres", "ei voitu toimittaa",
    "nastepujacych adresatow", "nie mogla zostac dostarczona", "nie mozna dostarczyc", "nie zostala dostarczona",
    "nasledujici adresat", "nelze dorucit", "nem kezbesitheto", "asagidaki alici", "teslim edilemedi",
    "iletilemedi",
    # ru
    "не может быть доставлено", "не удалось доставить", "не доставлено", "не было доставлено",
    "следующим получател", "следующих получател", "следующим адрес", "не могло быть доставлено",
    # id
    "tidak dapat dikirim", "tidak terkirim", "gagal dikirim", "gagal terkirim", "penerima berikut",
    "alamat berikut", "tidak dapat mengirim", "tidak sampai", "tidak dapat disampaikan", "pengiriman gagal",
    "gagal mengirim", "tidak ditemukan", "tertunda", "belum terkirim",
    # ja, zh, ko
    "次のあて先", "以下のあて先", "以下の宛先", "次の宛先", "次の受信者", "以下の受信者", "送信できませんでした",
    "配信できませんでした", "配信できません", "配達できません", "送達できません", "送信に失敗", "無法傳遞",
    "无法投递", "無法投遞", "无法送达", "投递失败", "未能送达", "以下收件人", "下列收件人", "下列收件者",
    "收件人不存在", "退回", "배달하지 못", "전달되지 않", "다음 받는 사람",
)  # fmt: skip
# The report tells of a delay, whatever else it says.
SURELY_LATE = _folded(
    "postponed", "deferred", "this is a warning", "warning message only", "warning only", "not need to resend",
    "not need to re-send", "will be retried", "delivery attempts will continue", "will keep trying",
    "keep trying to deliver", "being retried", "is being retried", "still trying", "continue to try to deliver",
    "will continue to try", "will continue trying", "will try again", "will be tried again", "yet been delivered",
    "yet to be delivered", "could not send message for past", "still undelivered after", "only a temporary failure",
    "will retry", "further attempts will be made", "no action is required on your part",
    "delivery will be attempted", "kept in the queue for up to", "attempts to deliver the message will continue",
    "not be delivered yet", "akan dicoba lagi", "akan mencoba lagi", "wird weiter versucht",
    "weitere zustellversuche", "erneut versucht", "nouvelles tentatives", "se seguira intentando",
    "seguira intentando", "verranno effettuati altri tentativi", "continuaremos tentando",
    "warning: could not send", "delayed mail (still", "попытки доставки будут продолжены",
    "temporary problem delivering", "再送を試み", "将继续尝试", "將繼續嘗試",
)  # fmt: skip
# It tells of a delay, unless it also speaks of an end.
LATE = _folded(
    "delayed", "delay)", "warning:", "temporarily", "temporary", "transient", "verzogert", "verspatet", "retarde",
    "differe", "demorado", "retrasad", "ritardat", "atrasad", "vertraagd", "forsenad", "forsinket", "opozniona",
    "задерж", "отложен", "tertunda", "遅延", "遅れて", "延迟", "延遲", "지연",
)  # fmt: skip
# The end of all attempts.
FINAL = (
    "giving up", "given up", "gave up", "give up", "not going to try again", "no further attempts",
    "not be retried", "permanent", "fatal", "failed", "failure", "undeliverable", "returned to sender", "too long",
    "expired", "not be delivered", "not delivered", "unable to deliver", "rejected", "bounced", "user unknown",
    "dauerhaft", "unzustellbar", "definitif", "permanente", "gagal",
)  # fmt: skip
GIVEN_UP = ("giving up", "given up", "gave up", "not going to try again", "no further attempts", "not be retried",
            "final attempt", "retry timeout exceeded", "retry time not reached for any host after a long")  # fmt: skip
# Words beside an address that did not fail.
ASIDE = _folded(
    "contact", "assistance", "support", "hubungi", "bantuan", "message-id", "from:", "sender", "originator", "help",
    "mail from", "postmaster", "questions", "reply-to", "return-path", "your email address", "kontakt", "wenden",
    "generated from", "expanded from", "generated by", "envelope-from", "administrator at", "please send",
    "forward", "queue id", "http://", "https://", "complain", "x-ms-", "authentication-results", "von:", "de:",
    "dari:", "received:", "received from", "original message was received", "問い合わせ", "連絡", "message id",
    "content-id",
)  # fmt: skip
# Words beside an address that led to the one that failed.
ALIASES = ("expanded from", "generated from", "generated by", "forwarded from")
HELPERS = (
    "please contact",
    "contact ",
    "for assistance",
    "questions",
    "if you need",
    "for help",
    "envelope-from",
    "send mail to",
)
# Words beside the address of the one who sent, or who helps.
SENDERS = (
    "please contact", "envelope-from", "message-id", "generated by", ", contact", "urgent, contact", "for assistance",
    "if you need", "for help", "questions", "contact me", "contact my", "contact our",
)  # fmt: skip
# A label before a colon that names a recipient who is reported about.
SURE_LABELS = frozenset(_folded(
    "recipient", "recipients", "recipient address", "recipient addresses", "recipient(s)", "failed recipient",
    "failed recipients", "failed recipient(s)", "failed address", "original recipient", "final recipient",
    "original-recipient", "final-recipient", "addressed to", "target mail address", "target address",
    "destination address", "rcpt to", "rcpt", "envelope to", "intended recipient", "intended recipients",
    "undelivered to", "undeliverable to", "not delivered to", "could not be delivered to", "unknown user",
    "user unknown", "invalid recipient", "unknown recipient", "user mailbox exceeds allowed size",
    "unable to deliver message to", "delivery failed", "unable to deliver to", "bad address", "invalid address",
    "unknown address", "affected recipient", "x-actual-recipient", "to address", "recipient email",
    "recipient e-mail", "empfanger", "empfangeradresse", "destinataire", "destinataires", "destinatario",
    "destinatarios", "destinatari", "ontvanger", "geadresseerde", "mottagare", "modtager", "mottaker",
    "vastaanottaja", "adresat", "odbiorca", "prijemce", "cimzett", "alici", "получатель", "адресат", "penerima",
    "alamat tujuan", "宛先", "あて先", "受信者", "送信先", "收件人", "收件者", "받는 사람", "수신자",
))  # fmt: skip
# One that may also stand in a signature, but not in a list of those who failed.
LABELS = SURE_LABELS | frozenset(_folded(
    "address", "addresses", "destination", "mail to", "user", "mailbox", "account", "email address",
    "e-mail address", "email", "failed", "delivery to", "message to", "sent to", "recipient name", "adresse",
    "direccion", "endereco", "indirizzo", "адрес", "alamat", "alamat email",
))  # fmt: skip
# The headings of Outlook's summaries and of status tables: the mail went there, which is weak.
WEAK_LABELS = LABELS | frozenset(
    _folded("to", "an", "a", "para", "kepada", "aan", "til", "кому", "до", "do", "naar", "vers")
)
# Behind such a line stands the returned message, whose addresses did not fail.
COPIES = _folded(
    "message headers follow", "received:", "return-path:", "below this line", "below the next line",
    "x-original-to:", "original message headers", "original message follows", "original message header",
    "----- original message", "the body of the message", "unsent message", "message header",
    "undelivered message follows", "included is a copy", "message contents follow", "message text follows",
    "header and top", "returned message", "bounced e-mail", "content-type: message/rfc822",
    "content-type: text/rfc822", "original mail info", "message non-deliverable", "non-deliverable message",
    "the original message follows", "original message text", "-- original message", "----original message",
    "begin returned message", "-- message header", "the header of the original", "headers of the original message",
    "kopfzeilen der", "dkim-signature:", "here is your original mail", "the following is a copy",
    "the text of your message", "text of the message", "ursprungliche nachricht", "original-nachricht",
    "your original message follows", "your original message:", "original message:", "original message details",
    "the original message headers", "message text:", "en-tetes de message", "en-tete de message", "intestazioni",
    "encabezados de mensaje", "encabezado", "cabecalhos", "kopie ihrer", "元のメッセージ", "オリジナルメッセージ",
    "原始邮件", "原始郵件", "original mail", "original e-mail", "mail data follows", "x-received:", "mime-version:",
    "arc-seal:", "unsent mail", "arrival-date:", "reporting-mta:",
)  # fmt: skip
COPIES_WITHIN = (
    "copy of the original message", "copy of your message", "copy of the message", "copy of your original",
    "this is a copy of", "original message is included", "your message follows", "first lines of your message",
    "headers of the message", "message headers follow",
)  # fmt: skip
