"""One mail of a technician, with everything that doing what it says needs."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from mailbot.adapters.tables import Ticket
from mailbot.core.model import InboundMail, Technician
from mailbot.notify import Desk
from mailbot.pipeline import letters
from mailbot.pipeline.arrival import Arrival, Thread
from mailbot.pipeline.letters import Transcript


@dataclass(frozen=True, slots=True)
class Work:
    """A technician's mail that is being worked on.

    Attributes:
        session: The transaction in which everything about it happens.
        desk: The policy and the templates.
        arrival: The message with its line in the ledger.
        mail: The message as it was read.
        technician: Who wrote it.
        thread: What it is about, and how that is known.
        now: The present moment, UTC.
        said: What its transcript says first: how it came that the mail is worked on now.
        corrects: The held mails, by number, of which it is the corrected version.
    """

    session: Session
    desk: Desk
    arrival: Arrival
    mail: InboundMail
    technician: Technician
    thread: Thread
    now: datetime
    said: tuple[str, ...] = ()
    corrects: tuple[int, ...] = ()

    @property
    def actor(self) -> str:
        """The technician as ledger and events name him: his address in lower case."""
        return self.technician.email.lower()

    @property
    def language(self) -> str:
        """The language in which he is written to."""
        return letters.language_for(self.desk.policy, self.technician)

    @property
    def cause(self) -> str:
        """What makes the mails unique that others get because of it."""
        return f"r{self.arrival.receipt}"

    @property
    def transcript_cause(self) -> str:
        """What makes its transcript unique; a copy of the same mail gets no second one."""
        return f"t{self.mail.canonical_digest[:20]}"

    @property
    def has_files(self) -> bool:
        """Whether files came with it; pictures within the text are none."""
        return any(not file.inline for file in self.mail.attachments)

    def tell(self, ticket: Ticket | None, told: Transcript, cause: str = "") -> bool:
        """Tells its writer what became of it; `cause` makes that mail unique where it is not its one transcript."""
        key = cause or self.transcript_cause
        return letters.transcript(self.session, self.desk, ticket, self.technician, self.mail, told, key, self.now)
