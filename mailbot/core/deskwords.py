"""How helpdesks speak to those who wrote to them: of "your request", in the words of many languages.

Monitoring systems, shops and people write of other things; two helpdesks that answer each other write of little else.
"""

from mailbot.core.text import fold

_READ = 2000
_PHRASES = tuple(
    map(
        fold,
        (
            "your request", "your ticket", "your case", "your inquiry", "your enquiry", "your query", "your issue",
            "your incident", "your message", "your mail", "your email", "your e-mail", "request for support",
            "support ticket", "ticket has been", "case has been", "request has been",
            "contacting us", "contacting support", "writing to us",
            "could not be delivered", "not be delivered", "undeliverable", "was not delivered", "delivery failed",
            "permintaan anda", "tiket anda", "laporan anda", "keluhan anda", "pertanyaan anda", "pesan anda",
            "email anda", "e-mail anda", "surel anda", "permohonan anda", "pengaduan anda", "menghubungi kami",
            "tidak dapat dikirim", "tidak terkirim",
            "ihre anfrage", "ihrer anfrage", "ihr ticket", "ihr anliegen", "ihrem anliegen", "ihre nachricht",
            "ihre e-mail", "ihre mail", "votre demande", "votre ticket", "votre message",
            "votre requête", "su solicitud", "su consulta", "su ticket", "su mensaje", "su caso",
            "sua solicitação", "seu chamado", "sua mensagem", "seu ticket", "uw verzoek", "uw bericht", "uw ticket",
            "uw aanvraag", "uw melding", "la sua richiesta", "tua richiesta", "sua richiesta", "twoje zgłoszenie",
            "państwa zgłoszenie", "ваш запрос", "ваше обращение", "ваша заявка", "ваше письмо", "您的请求", "您的工单",
            "お問い合わせ", "permintaan saudara", "permintaan bapak/ibu",
        ),
    )
)  # fmt: skip


def speaks_as_helpdesk(subject: str, text: str) -> bool:
    """Whether a mail tells its reader about what he wrote before. People do so, too: alone this proves nothing."""
    folded = f"{fold(subject[:_READ])}\n{fold(text[:_READ])}"
    return any(phrase in folded for phrase in _PHRASES)
