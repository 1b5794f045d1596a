"""What a technician decides about the held message of a stranger or of a rule is done."""

from mailbot.adapters import store, waiting
from mailbot.adapters.store import Happening
from mailbot.adapters.tables import Hold, Receipt
from mailbot.core.commands import Parsed, help_text
from mailbot.core.model import Disposition, DispositionKind, EventKind, Role
from mailbot.core.phrases import Reason, say
from mailbot.pipeline import holds, letters, requesters, tickets, vendors
from mailbot.pipeline.arrival import Sender, Thread, identify
from mailbot.pipeline.letters import Transcript
from mailbot.pipeline.tickets import Opening
from mailbot.pipeline.work import Work

_DECISIONS = ("accept", "new", "spam")
_SECOND_THOUGHTS = frozenset({"accept", "new"})  # What takes back that something is spam.


def decide(work: Work, row: Hold, parsed: Parsed) -> Disposition:
    """Carries out what a technician says about the held message of a stranger or of a rule.

    His answer is one to an internal mail: a text in it stays inside, as a note of the ticket that comes of it.
    """
    session, language = work.session, work.language
    words = [call.command.name for call in parsed.calls]
    decision = words[0] if len(words) == 1 and words[0] in _DECISIONS and not parsed.errors else ""
    number, ok, unsent = row.ticket, False, parsed.text[: holds.EXCERPT]
    if row.state != "open" and not (row.decision == "spam" and decision in _SECOND_THOUGHTS):
        done = Reason("decided", {"by": row.decided_by, "decision": row.decision})
        lines, reason = [done.said(language)], done.english
    elif words == ["help"] and not parsed.errors:
        lines, ok, unsent, reason = help_text(language).splitlines(), True, "", f"#help by {work.actor}"
    elif not decision:
        lines = [*(error.message for error in parsed.errors), say(language, "decide_hint")]
        reason = f"the answer of {work.actor} decides nothing"
    else:
        done, number = _carry_out(work, row, decision)
        lines, ok, unsent = [done.said(language), _keep_text(work, number, parsed.text.strip())], True, ""
        reason = done.english
    ticket = store.get_ticket(session, number) if number is not None else None
    told = Transcript(lines, ok=ok, held_text=unsent, hold=row.id if row.decision == "spam" else None)
    work.tell(ticket, told, f"h{row.id}:{work.mail.canonical_digest[:16]}")
    return Disposition(DispositionKind.COMMANDED, reason, number)


def _keep_text(work: Work, number: int | None, text: str) -> str:
    """Keeps what stands below a decision as a note; gives the line about it, "" if nothing stands there."""
    if not text and not work.has_files:
        return ""
    session = work.session
    ticket = store.get_ticket(session, number) if number is not None else None
    if ticket is None or ticket.number is None:
        return say(work.language, "decision_dropped")
    entry = store.add_entry(
        session,
        ticket=ticket.number,
        kind="note",
        internal=True,
        author_address=work.actor,
        author_name=work.technician.name,
        text=text,
        receipt=work.arrival.receipt,
        created_at=work.now,
    )
    store.add_attachments(session, entry, work.mail.attachments)
    ticket.has_internal = True
    session.add(ticket)
    happening = Happening(EventKind.NOTED, work.actor, data={"receipt": work.arrival.receipt})
    store.add_events(session, ticket.number, work.now, [happening])
    return say(work.language, "decision_noted", tag=f"[{work.desk.policy.tag}-{ticket.number}]")


def _carry_out(work: Work, row: Hold, decision: str) -> tuple[Reason, int | None]:
    """Does what was decided; gives what came of it, and the ticket to which the message belongs now."""
    session, desk, now, by = work.session, work.desk, work.now, work.actor
    if row.decision == "spam":
        store.contact_for_change(session, row.originator).blocked_at = None
    if decision == "spam":
        store.contact_for_change(session, row.originator).blocked_at = now
        # What a machine repeats is one matter, however often it came.
        others = waiting.loops_of(session, row.originator) if row.kind == "loop" else []
        for one in {row.id: row, **{one.id: one for one in others}}.values():
            holds.settle(session, one, "rejected", decision, by, now)
        return Reason("spam", {"originator": row.originator}), row.ticket
    arrival, mail = holds.held_mail(session, desk, row)
    sender = identify(mail, desk.policy) or Sender(letters.person(work.technician), None)
    ticket = store.get_ticket(session, row.ticket) if row.ticket is not None else None
    holds.settle(session, row, "released", decision, by, now)
    if decision == "accept" and ticket is not None and vendors.is_vendor_of(session, ticket, sender.address):
        # Whoever is accepted reads along, which a vendor never does.
        done = vendors.receive(session, desk, arrival, mail, sender, Thread(ticket, f"accepted by {by}"), now)
        phrase = "vendor_answered"
    elif decision == "accept" and ticket is not None and ticket.number is not None:
        store.add_participant(session, ticket.number, sender.address, Role.PARTICIPANT)
        done = requesters.append(session, desk, arrival, mail, sender, Thread(ticket, f"accepted by {by}"), now)
        phrase = "accepted"
    else:
        opening = Opening(sender.address, tickets.classify(desk.policy, mail))
        done = requesters.begin(session, desk, arrival, mail, opening, now)
        phrase = "made_new"
    receipt = session.get(Receipt, row.receipt)
    assert receipt is not None
    receipt.ticket = done.ticket
    tag = f"[{desk.policy.tag}-{done.ticket}]"
    return Reason(phrase, {"originator": row.originator, "tag": tag}), done.ticket
