"""#remote: the requester learns how we can look at his screen."""

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import RemoteOffer
from mailbot.core.commands.effects import require_active


def run(call: Call, context: Context) -> Outcome:
    """Offers remote support, where it is configured and the same mail does not want silence."""
    del call
    require_active(context)
    if not context.remote_support:
        raise CommandRefusedError("no_remote_support")
    if "quiet" in context.verbs:
        raise CommandRefusedError("remote_and_quiet")
    return Outcome(deeds=(RemoteOffer(),))


REMOTE = Command(
    name="remote",
    aliases=("remotesupport", "jarakjauh"),
    argument=Argument.NONE,
    usage="#remote",
    summary={
        "en": "Sends the requester how you can look at his screen, with a reference that counts once.",
        "id": "Mengirim petunjuk bantuan jarak jauh kepada pelapor, dengan nomor rujukan sekali pakai.",
    },
    details={
        "en": "The text or the link is that of [remote_support] in the configuration. Ask for the reference before "
        "you connect: whoever names it has got this mail.",
        "id": "Teks atau tautannya diambil dari [remote_support] dalam konfigurasi. Tanyakan nomor rujukannya sebelum "
        "tersambung: siapa yang menyebutnya telah menerima email itu.",
    },
    examples=("#remote", "#jarakjauh"),
    run=run,
)
