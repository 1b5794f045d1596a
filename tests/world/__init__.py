"""A helpdesk in one process: the production code with a mailbox and a courier that live in memory."""

from world.helpdesk import Helpdesk, Person
from world.mails import build, reply

__all__ = ["Helpdesk", "Person", "build", "reply"]
