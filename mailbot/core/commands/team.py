"""#team: another team serves the ticket."""

from dataclasses import replace

from mailbot.core.commands.base import Argument, Call, Change, Command, Context, Outcome
from mailbot.core.commands.effects import display, outcome
from mailbot.core.commands.values import team_called
from mailbot.core.phrases import say, word


def run(call: Call, context: Context) -> Outcome:
    """Moves the ticket to a team; whoever has it keeps it if he belongs there, else the caller chooses somebody."""
    team = team_called(call.value, context.directory)
    ticket = context.ticket
    member = context.directory.technician(ticket.technician)
    if member is not None and team.name.casefold() in map(str.casefold, member.teams):
        moved = outcome(context, ("team", team.name))
        who = display("technician", ticket.technician, context)
        stays = say(context.language, "unchanged", field=word(context.language, "technician"), new=who)
        return replace(moved, lines=(*moved.lines, stays))
    cleared = outcome(context, ("technician", ""))
    change = Change("team", ticket.team, team.name)
    line = say(context.language, "routed", field=word(context.language, "team"), new=team.name)
    return replace(cleared, changes=(change, *cleared.changes), lines=(line,))


TEAM = Command(
    name="team",
    aliases=("tim",),
    argument=Argument.LINE,
    usage="#team NAME",
    summary={
        "en": "Moves the ticket to a team; a technician who belongs to it keeps it, else somebody free is chosen.",
        "id": "Memindahkan tiket ke sebuah tim; teknisi yang menjadi anggotanya tetap, "
        "selain itu dipilih anggota yang luang.",
    },
    examples=("#team network", "#tim network"),
    run=run,
)
