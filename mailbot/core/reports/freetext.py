"""Reports in words only: which of the addresses in a text could not be reached.

Servers write in a few manners, whatever their make: a heading and a list below it, a label and an address, a sentence
with the address in it, the echo of an SMTP session. The manners are tried in this order, the surest first.
"""

from functools import partial

from mailbot.core.reports import manners, words
from mailbot.core.reports.evidence import Found, addresses_in
from mailbot.core.reports.lines import above_copy, is_alias, lines_of, understood


def is_late(subject: str, text: str) -> bool:
    """Whether the words of a report tell of a delay, and not of the end of all attempts.

    Args:
        subject: The folded subject.
        text: The readable text.
    """
    report = understood(subject, above_copy(lines_of(text)), frozenset())
    return report.surely_late or report.rather_late


def bystanders(text: str) -> frozenset[str]:
    """The addresses that are only named by the returned message in a text, or as that of an alias or a helper."""
    lines = lines_of(text)
    above = above_copy(lines)
    aliases = {place for place in range(len(above)) if is_alias(above, place)}
    named = " ".join(line.raw for place, line in enumerate(above) if place not in aliases)
    rest = " ".join([*(above[place].raw for place in aliases), *(line.raw for line in lines[len(above) :])])
    return frozenset(addresses_in(rest)) - frozenset(addresses_in(named))


def read_words(subject: str, text: str, own: frozenset[str], *, strict: bool) -> tuple[Found, bool]:
    """Reads a report in words.

    Args:
        subject: The folded subject.
        text: The readable text.
        own: The addresses of the report itself, which did not fail.
        strict: Whether only the surer manners count, because the sender need not be a mail server.

    Returns:
        What was found, and whether the manner was one of the two surest.
    """
    lines = lines_of(text)
    above = above_copy(lines)
    report, whole = understood(subject, above, own), understood(subject, lines, own)
    speaks = any(line.is_heading or "rcpt to:" in line.folded for line in lines)
    found = Found()
    if not speaks and not report.rather_late and not any(word in subject for word in words.SUBJECTS):
        return found, False
    for manner in (manners.lists, manners.labels):
        manner(report, found)
        if found:
            return found, True
    tries = [
        partial(manners.sentences, report),
        partial(manners.echoes, report),
        # Some echo the header of the returned message before they come to the point: then the list stands below it.
        partial(manners.lists, whole, start=len(above)),
    ]
    if not strict:
        tries += [partial(manner, report) for manner in (manners.weak_labels, manners.leads, manners.rest)]
        tries.append(partial(manners.returned, report, lines[len(above) :]))
    for one in tries:
        one(found)
        if found:
            break
    return found, False
