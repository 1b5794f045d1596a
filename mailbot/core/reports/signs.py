"""Whether a message may be a report at all: people quote reports, and ask about them."""

from dataclasses import dataclass

from mailbot.core.headers import Fields, decode_words, first
from mailbot.core.model import Address
from mailbot.core.reports import words
from mailbot.core.reports.evidence import status_in
from mailbot.core.text import fold

_FORWARDS = (
    "fw:",
    "fwd:",
    "wg:",
    "tr:",
    "rv:",
    "enc:",
    "i:",
    "fs:",
    "vs:",
    "doorst:",
    "trs:",
    "terusan:",
    "forwarded:",
)
_REPLIES = ("re:", "aw:", "sv:", "antw:", "bls:", "balas:", "odp:", "ynt:", "回复:", "回覆:", "答复:", "res:", "ref:")
_TRANSCRIPT = 40
_OPENING = 700  # Characters in which a report comes to its point.
_OPENINGS = (
    "this is the mail system at", "this message was created automatically by mail",
    "this is an automatically generated", "your message could not be", "could not deliver message to",
    "the original message was received at", "i'm afraid i wasn't able to deliver", "this is the qmail-send",
    "this report relates to a message", "unable to deliver message", "sorry, we were unable to deliver",
    "delivery has failed to these", "your message did not reach", "the following message could not be",
    "a message that you sent could not", "your mail to", "your message to", "message could not be delivered",
    "error: ", "undeliverable", "delivery to the following recipient", "your e-mail to", "your email to",
    "the message you sent to", "this is the mailer-daemon", "your message was not delivered",
    "we had trouble delivering", "your mail sent on", "this message was undeliverable", "this is a delivery status",
    "votre message n'a pas", "ihre nachricht", "pesan anda", "su mensaje", "il messaggio", "tu mensaje",
    "sua mensagem", "uw bericht", "ваше сообщение", "twoja wiadomosc", "mail delivery", "delivery failure",
    "your mail attempted to be", "message bounced by", "automatic bounce notification",
    "non-delivery report", "the email below could not", "failed recipients",
    "failed addresses", "failed recipient", "------ failed",
)  # fmt: skip
_RESPONDERS = ("auto_reply", "auto-reply")


@dataclass(frozen=True, slots=True)
class Signs:
    """What the header says about the sender of a report.

    `daemon`: a mail server sent it. `likely`: what looks like a report in it may be believed. `subject` is folded.
    """

    daemon: bool
    likely: bool
    subject: str


def signs_of(fields: Fields, from_: Address | None, reverse_path: str | None, text: str) -> Signs:
    """Judges the sender of a message.

    Args:
        fields: The header fields.
        from_: The originator.
        reverse_path: The Return-Path: None if absent, "" for the null reverse-path.
        text: The readable text.
    """
    subject = fold(decode_words(first(fields, "subject")[:1000]))
    raw_from = fold(decode_words(first(fields, "from")[:1000]))
    local = (from_.key.rpartition("@")[0] if from_ else raw_from.partition("<")[2] or raw_from).strip("<>\"' ")
    path = (reverse_path or "").lower().rpartition("@")[0]
    if reverse_path is None:
        path = first(fields, "return-path").strip("<> ").lower()
    forwarded = subject.startswith(_FORWARDS)
    named = (
        local.startswith(words.DAEMONS)
        or path.startswith(words.DAEMONS)
        or any(name in local for name in words.DAEMONS[:2])
        or any(name in raw_from for name in words.DAEMONS[:2])
    )
    titled = any(word in subject for word in words.SUBJECTS)
    replies = subject.startswith(_REPLIES)
    opening = fold(text[:_OPENING]).lstrip("*#=-_+ ")
    # The transcript of a session at the very top, "Sent >>> RCPT TO:<", is a report too.
    opens = opening.startswith(_OPENINGS) or "rcpt to:<" in opening[:_TRANSCRIPT]
    if named or reverse_path == "":
        # The answer of a machine to a mail has a null reverse-path too, and so have notices of many kinds.
        answers = first(fields, "precedence").strip().lower() in _RESPONDERS or bool(first(fields, "x-autoreply"))
        says = named or titled or opens or bool(status_in(text)) or "rcpt to:" in text[:_OPENING].lower()
        return Signs(named or titled or opens, says and (titled or not answers), subject)
    if forwarded:
        return Signs(False, False, subject)
    if local.startswith(words.MAYBE_DAEMONS) or any(name in raw_from for name in words.DAEMON_NAMES):
        return Signs(titled and not replies, (titled or opens) and not replies, subject)
    # An odd server that reports under the name of nobody: the subject and the first words must both say so. A person
    # who passes a report on has words of his own before it.
    return Signs(False, titled and opens and not first(fields, "in-reply-to"), subject)
