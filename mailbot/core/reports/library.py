"""The detectors of flufl.bounce, for the forms of old servers that the general rules do not know."""

import logging
from email.message import Message

from mailbot.core.reports.evidence import MAX_RECIPIENTS, Found, Outcome, key_of


def ask_library(message: Message, *, late: bool, bystanders: frozenset[str]) -> Found:
    """Asks the library for the recipients in a report of an unknown form.

    Args:
        message: The report. A header that the library cannot take is replaced in it.
        late: Whether the words of the report tell of a delay, which the library does not see in all forms.
        bystanders: Addresses that did not fail; its detectors do not always see where the returned message begins.
    """
    found = Found()
    # It compiles two hundred patterns when it is imported, and few mails are bounces.
    from flufl.bounce import all_failures  # noqa: PLC0415 - the reason is above.

    # It logs each failure of a detector with the text of the mail, which belongs to nobody's log.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)
    for name, value in message.items():
        # Raw 8-bit headers come as Header objects, which its detectors do not expect.
        if not isinstance(value, str):
            message.replace_header(name, str(value).encode("ascii", "replace").decode("ascii"))
    if not message.get("From"):
        message["From"] = "mailer-daemon"
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - its detectors fail on crafted text in many ways; then nothing was found.
        return found
    for addresses, outcome in ((permanent, Outcome.DELAYED if late else Outcome.FAILED), (temporary, Outcome.DELAYED)):
        texts = (raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw) for raw in addresses)
        keys = sorted({key for key in map(key_of, texts) if key and key not in bystanders})
        found.add(outcome, keys[:MAX_RECIPIENTS])
    return found
