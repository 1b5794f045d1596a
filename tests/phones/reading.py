"""Reading a mail as the daemon reads a technician's mail: the same functions, in the same order."""

from functools import cache

from mailbot.adapters.gallery import sample_mail
from mailbot.adapters.render import Renderer
from mailbot.core import commands
from mailbot.core.commands import Parsed
from mailbot.core.mail import read
from mailbot.pipeline.answers import own_words
from phones.envelopes import Quoted

_RENDERER = Renderer(None, "en")


def obeyed(raw: bytes) -> Parsed:
    """What the daemon would take for commands, and for the text below them."""
    mail = read(raw)
    return commands.parse(own_words(mail.new_text, mail.quoted), "en")


@cache
def notice(name: str, language: str) -> Quoted:
    """One of our own mails to a technician, as his program holds it when he answers."""
    rendered, _raw = sample_mail(_RENDERER, name, language)
    body = rendered.html.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    return Quoted(rendered.text.rstrip("\n"), body, rendered.subject)
