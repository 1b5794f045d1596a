"""What is known of each language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language.

    Attributes:
        opens: How "On 3 Nov 2025, Rita wrote:" begins.
        verbs: How it ends, or what stands before the name.
        quoting: How an introduction begins that has a name and an address, but neither a verb nor a date.
        from_: The label of the originator in the header above a quoted mail.
        sent: The label of its date.
        to: The label of its recipients.
        cc: The labels of those in copy.
        subject: The label of its subject.
        reply: What stands between dashes above a quoted mail.
        forward: What stands above a forwarded mail.
        pronouns: Who writes in prose ("he wrote:"), and never in an introduction.
        above: What asks for the answer above a line.
    """

    opens: str = ""
    verbs: str = ""
    quoting: str = ""
    from_: str = ""
    sent: str = ""
    to: str = ""
    cc: str = ""
    subject: str = ""
    reply: str = ""
    forward: str = ""
    pronouns: str = ""
    above: str = ""
