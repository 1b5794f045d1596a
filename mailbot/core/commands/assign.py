"""#assign: somebody else, a whole team or nobody takes over."""

from dataclasses import replace

from mailbot.core.commands import take
from mailbot.core.commands.base import Argument, Call, Change, Command, Context, Outcome
from mailbot.core.commands.effects import display, outcome
from mailbot.core.commands.values import key, somebody_called, tidy
from mailbot.core.commands.when import show_moment
from mailbot.core.model import Team, Technician
from mailbot.core.phrases import say, word

_ME = frozenset({"me", "myself", "saya", "aku"})
_NONE = frozenset({"none", "nobody", "tidakada", "kosong"})


def run(call: Call, context: Context) -> Outcome:
    """Assigns to a technician, clears the technician, or hands over to a team, from which the caller chooses."""
    wanted = key(call.value)
    if wanted in _ME:
        return take.run(call, context)
    if wanted in _NONE or tidy(call.value) == "-":
        return outcome(context, ("technician", ""))
    somebody = somebody_called(call.value, context.directory)
    if isinstance(somebody, Team):
        return _hand_over(somebody, context)
    return warned(outcome(context, ("technician", somebody.email.lower())), somebody, context)


def warned(done: Outcome, somebody: Technician, context: Context) -> Outcome:
    """Says of somebody who is away that he is, and until when; he gets the ticket all the same."""
    until = context.away.get(somebody.email.lower())
    if until is None or somebody.email.lower() == context.actor.email.lower():
        return done
    shown = show_moment(until, context.zone, context.language)
    line = say(context.language, "assigned_away", name=somebody.name or somebody.email, until=shown)
    return replace(done, lines=(*done.lines, line))


def _hand_over(team: Team, context: Context) -> Outcome:
    """A change of team even to the same one, so that somebody of it is chosen anew."""
    cleared = outcome(context, ("technician", ""))
    change = Change("team", context.ticket.team, team.name)
    name, shown = word(context.language, "team"), display("team", team.name, context)
    line = say(context.language, "routed", field=name, new=shown)
    return replace(cleared, changes=(change, *cleared.changes), lines=(line,))


ASSIGN = Command(
    name="assign",
    aliases=("assignee", "tugaskan", "serahkan"),
    argument=Argument.LINE,
    usage="#assign NAME | TEAM | me | none",
    summary={
        "en": "Assigns the ticket to a technician, a team, you or nobody.",
        "id": "Menugaskan tiket kepada teknisi, tim, Anda (saya) atau tidak kepada siapa pun (kosong).",
    },
    details={
        "en": "A first name is enough where only one technician has it. From a team, somebody free is chosen.",
        "id": "Nama depan cukup bila hanya satu teknisi yang memakainya. Dari sebuah tim, dipilih anggota yang luang.",
    },
    examples=("#assign Budi", "#assign network", "#tugaskan saya"),
    run=run,
)
