"""#escalate: somebody who can do more must help."""

import re
import unicodedata

from mailbot.core.commands.base import Argument, Call, Command, CommandRefusedError, Context, Outcome
from mailbot.core.commands.deeds import Escalation
from mailbot.core.commands.effects import require_active
from mailbot.core.commands.values import key, shown, somebody_called, trim
from mailbot.core.ladder import serves, specialists
from mailbot.core.model import Team, Technician

_LEVEL = re.compile(r"(?:l|lvl|level|lini|tingkat)\s?([1-9])(?!\w)", re.IGNORECASE)
_LEADS = frozenset({"lead", "leader", "teamlead", "manager", "boss", "atasan", "pimpinan", "ketua"})
_MOST_WORDS = 4


def run(call: Call, context: Context) -> Outcome:
    """Hands the ticket to a higher level, to somebody by name or to a team, or calls in the lead."""
    require_active(context)
    value = unicodedata.normalize("NFKC", call.value)
    found = _LEVEL.match(value)
    if found is not None:
        deed = _level(int(found[1]), _reason(value[found.end() :], call), context)
    else:
        somebody, rest = _named(value, context)
        if somebody == "lead":
            deed = _lead(_reason(rest, call), context)
        elif isinstance(somebody, Team):
            deed = Escalation(_reason(rest, call), team=somebody.name)
        elif isinstance(somebody, Technician):
            deed = Escalation(_reason(rest, call), candidates=(_other(somebody, context),))
        else:
            deed = _above(_reason(value, call), context)
    return Outcome(notes=(call.value,), deeds=(deed,))


def _reason(text: str, call: Call) -> str:
    reason = trim(text).lstrip(":,;.-–— ")
    if not key(reason):
        raise CommandRefusedError("no_reason", value=shown(call.raw))
    return reason


def _named(value: str, context: Context) -> tuple[Technician | Team | str, str]:
    """Who is named at the beginning, "lead" for the lead, "" if nobody is; and the rest."""
    words = value.split()
    if key(words[0]) in _LEADS:
        return "lead", " ".join(words[1:])
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        try:
            return somebody_called(" ".join(words[:count]), context.directory), " ".join(words[count:])
        except CommandRefusedError as refusal:
            # Of two people of one name nobody may be taken by chance.
            if refusal.phrase != "nobody_called":
                raise
    return "", value


def _other(somebody: Technician, context: Context) -> str:
    address = somebody.email.lower()
    if address in {context.ticket.technician, context.actor.email.lower()}:
        raise CommandRefusedError("escalates_to_himself", name=somebody.name or somebody.email)
    return address


def _level(level: int, reason: str, context: Context) -> Escalation:
    people = _people(context)
    at_level = [who for who in people if who.level == level]
    if not at_level:
        levels = tuple(f"L{number}" for number in sorted({who.level for who in people}))
        raise CommandRefusedError("no_level", levels, level=str(level))
    return Escalation(reason, _of_the_team_first(at_level, context), level=level)


def _above(reason: str, context: Context) -> Escalation:
    """The next level above whoever has the ticket, of those who are there; where there is none, the lead."""
    directory, ticket = context.directory, context.ticket
    level = (directory.technician(ticket.technician) or context.actor).level
    without = {ticket.technician, context.actor.email.lower(), *context.away}
    team, higher = next(specialists(directory, ticket.team, level, without), (ticket.team, ()))
    if team != ticket.team:
        return Escalation(reason, team=team)
    if not higher:
        # By itself a ticket goes to nobody else; who escalates by hand knows whether one of another team can help.
        higher = tuple(who for who in _people(context) if who.level > level and who.email.lower() not in without)
    if not higher:
        return _lead(reason, context)
    lowest = min(who.level for who in higher)
    return Escalation(reason, tuple(who.email.lower() for who in higher if who.level == lowest), level=lowest)


def _lead(reason: str, context: Context) -> Escalation:
    lead = context.directory.lead_of(context.ticket.team)
    if not lead or lead.lower() == context.actor.email.lower():
        raise CommandRefusedError("nobody_above", team=context.ticket.team or "-")
    return Escalation(reason, lead=lead)


def _people(context: Context) -> list[Technician]:
    """Everybody but whoever asks and whoever has the ticket."""
    without = {context.ticket.technician, context.actor.email.lower()}
    return [who for address, who in context.directory.technicians.items() if address not in without]


def _of_the_team_first(people: list[Technician], context: Context) -> tuple[str, ...]:
    there = [who for who in people if who.email.lower() not in context.away] or people
    members = [who for who in there if serves(who, context.ticket.team)]
    return tuple(who.email.lower() for who in members or there)


ESCALATE = Command(
    name="escalate",
    aliases=("eskalasi", "eskalasikan"),
    argument=Argument.LINE,
    usage="#escalate [L2 | NAME | TEAM | lead] REASON",
    summary={
        "en": "Hands the ticket to a higher level, somebody or a team, or calls in the lead, and says why.",
        "id": "Menyerahkan tiket ke tingkat lebih tinggi, orang atau tim, atau memanggil atasan, beserta alasannya.",
    },
    details={
        "en": "With nothing but a reason it goes to the next level above, or where nobody is there, to the team that "
        "helps yours, else to the lead. "
        "The lead is told, and the ticket stays where it is. The reason is kept as an internal note.",
        "id": "Bila hanya ada alasan, tiket diserahkan ke satu tingkat di atasnya, atau bila rekan di sana tidak ada, "
        "ke tim yang membantu tim Anda, atau ke atasan. "
        "Atasan hanya diberi tahu, tiketnya tidak berpindah. Alasannya disimpan sebagai catatan internal.",
    },
    examples=("#escalate L1 the server room is out of reach for me", "#eskalasi network switch di lantai 2 rusak"),
    run=run,
)
