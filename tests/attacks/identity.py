"""Attacks of somebody who pretends to be a technician."""

import re
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from world import Helpdesk, build, reply
from world.dkimkeys import NAME, RECORD, signed

from mailbot.adapters.tables import Ticket

BORDER = "mx.example.com"
PASSED = f"{BORDER}; dmarc=pass header.from=example.com"
TRACE = f"Received: from evil.example (evil.example [192.0.2.9]) by {BORDER} with ESMTP id 1\r\n"
STATE = ("status", "priority", "category", "team", "technician", "cycle", "resolution", "has_internal", "tags")


def state(ticket: Ticket) -> tuple[object, ...]:
    return tuple(getattr(ticket, name) for name in STATE)


class Watch:
    """What must not change while somebody attacks: the tickets, and what anybody but technicians reads."""

    def __init__(self, desk: Helpdesk) -> None:
        self.desk = desk
        self.before = [state(ticket) for ticket in desk.tickets()]
        self.sent = len(desk.courier.sent)

    def nothing_happened(self, what: object = "") -> None:
        assert [state(ticket) for ticket in self.desk.tickets()] == self.before, what
        staff = {"tom@example.com", "tess@example.com", "lena@example.com"}
        outside = [mail for mail in self.desk.courier.sent[self.sent :] if mail.recipient not in staff]
        assert outside == [], what


def forged(desk: Helpdesk, text: str = "#close\n\nForged.", **headers: Any) -> bytes:
    technician = desk.technician_of(1001)
    return build(technician.address, "Re: [HD-1001] Printer jams", text, at=desk.now, **headers)


def a01_a_forged_originator_commands_nothing(desk: Helpdesk) -> None:
    watch, technician = Watch(desk), desk.technician_of()

    for raw in (forged(desk), forged(desk, Reply_To=technician.address, Sender=technician.address)):
        receipt = desk.receive(raw)
        assert receipt.disposition == "held"
        assert "without proof" in receipt.reason

    watch.nothing_happened()
    assert {mail.recipient for mail in desk.courier.sent[watch.sent :]} == {technician.address}


FORGED_RESULTS = {
    "of another server": "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.com\r\n" + TRACE,
    "of a server with a longer name": f"Authentication-Results: {BORDER}.evil.example; dmarc=pass"
    " header.from=example.com\r\n",
    "of our server, below what it wrote itself": f"{TRACE}Received: from x by y.evil.example\r\n"
    f"Authentication-Results: {PASSED}\r\n",
    "of our server, below its true finding": f"Authentication-Results: {BORDER}; dmarc=fail header.from=example.com\r\n"
    f"{TRACE}Authentication-Results: {PASSED}\r\n",
    "in a comment": f"Authentication-Results: mx.evil.example ({PASSED})\r\n",
    "in a comment of our server's finding": f"Authentication-Results: {BORDER}; spf=pass"
    " (dmarc=pass header.from=example.com) smtp.mailfrom=evil.example\r\n",
    "in a quoted text of our server's finding": f"Authentication-Results: {BORDER}; spf=fail"
    ' reason="; dmarc=pass header.from=example.com"\r\n',
    "about another domain": f"Authentication-Results: {BORDER}; dmarc=pass header.from=evil.example\r\n",
    "a signature of another domain": f"Authentication-Results: {BORDER}; dkim=pass header.d=evil.example\r\n",
    "a signature of a domain below": f"Authentication-Results: {BORDER}; dkim=pass header.d=evil.example.com\r\n",
    "SPF alone": f"Authentication-Results: {BORDER}; spf=pass smtp.mailfrom=tom@example.com\r\n",
    "a field of ARC": f"ARC-Authentication-Results: i=1; {PASSED}\r\n",
    "without a server": "Authentication-Results: dmarc=pass action=none header.from=example.com\r\n",
    "not well-formed": f"Authentication-Results: {BORDER}; dmarc=pass header.from=example.com (\r\n{TRACE}"
    f"Authentication-Results: {PASSED}\r\n",
}


def a02_forged_authentication_results_prove_nothing(desk: Helpdesk) -> None:
    desk.reload(MAILBOT_SECURITY__AUTHSERV_ID=BORDER)
    watch = Watch(desk)

    for what, fields in FORGED_RESULTS.items():
        receipt = desk.receive(fields.encode() + forged(desk))
        assert receipt.disposition == "held", what

    watch.nothing_happened()


def a03_a_stolen_token_is_worth_nothing(desk: Helpdesk) -> None:
    desk.budi.writes("Screen", "My screen is dark, please help")
    owner = desk.technician_of(1001)
    other = desk.tess if owner is desk.tom else desk.tom
    stolen = str(owner.inbox[0]["Message-ID"])
    flipped = re.sub(r".@", lambda found: ("b" if found[0][0] == "a" else "a") + "@", stolen)
    watch = Watch(desk)
    attempts = {
        "another technician": (other.address, stolen),
        "somebody else": ("mallory@evil.example", stolen),
        "a changed bit": (owner.address, flipped),
        "another ticket": (owner.address, stolen.replace("<1001.", "<1002.")),
        "another scope": (owner.address, str(desk.rita.last["Message-ID"]).replace("1001.r.", "1001.t.")),
    }
    for what, (sender, answers) in attempts.items():
        raw = build(sender, "Re: [HD-1001] Printer jams", "#close", at=desk.now, In_Reply_To=answers)
        assert desk.receive(raw).disposition == "held", what
    watch.nothing_happened()

    raw = reply(owner.address, owner.inbox[0], "#prio high", at=desk.now)
    assert desk.receive(raw).disposition == "commanded"
    watch = Watch(desk)
    assert desk.receive(raw).disposition == "duplicate"
    desk.now += desk.settings.security.technician_token_age * 1.2
    late = reply(owner.address, owner.inbox[0], "#close", at=desk.now)
    assert desk.receive(late).disposition == "held"
    watch.nothing_happened("sent again, or too old")


def a04_who_is_no_technician_any_more_confirms_nothing(desk: Helpdesk) -> None:
    technician = desk.technician_of()
    assigned = technician.last
    desk.receive(forged(desk))
    challenge = desk.notices(technician.address, "challenge")[-1]
    policy = desk.current.get().policy
    left = {key: who for key, who in policy.directory.technicians.items() if key != technician.address}
    directory = replace(policy.directory, technicians=left)
    desk.current.desk = replace(desk.current.desk, policy=replace(policy, directory=directory))
    watch = Watch(desk)

    for mail, text in ((challenge, "#go"), (assigned, "#close"), (assigned, "#close\n\nBye.")):
        assert technician.answers(mail, text).disposition == "held"

    watch.nothing_happened()


TRICKS = (
    "{tom}, mallory@example.com", "mallory@example.com, {tom}", "{tom} <mallory@example.com>",
    '"{tom}" <mallory@example.com>', "mallory@example.com <{tom}>", '"mallory@example.com" <{tom}>',
    "<mallory@example.com> <{tom}>", "<{tom}> <mallory@example.com>", "{tom} (mallory@example.com)",
    "mallory@example.com ({tom})", "Team: {tom}, mallory@example.com;", "Team: mallory@example.com; {tom}",
    "{tom},", ", {tom}", "mallory@example.com,{tom}", "{tom};mallory@example.com", "<@evil.example:{tom}>",
    "=?utf-8?q?{tom}?= <mallory@example.com>", "=?utf-8?q?{tom}=2C?= mallory@example.com", "<mallory@example.com>{tom}",
    '"Tom" <{tom}> mallory@example.com', "Tom <{tom}>, Mallory <mallory@example.com>", "{tom}@example.com",
    '"{tom}"@example.com', "{tom}>", "<{tom}> x", "{tom} x", "{tom}\r\nFrom: mallory@example.com",
    "mallory@example.com\r\nFrom: {tom}", "{tom}\r\nFrom: {tom}", "{tom}\r\nFROM : mallory@example.com",
    "{tom}\r\n mallory@example.com", "(x) mallory@example.com <{tom}>", "undisclosed:;", "<>", "{tom}\x00",
)  # fmt: skip


def a26_an_originator_that_can_be_read_in_two_ways_is_nobody(desk: Helpdesk) -> None:
    """Even where our border server vouches for the domain: somebody else there may be the one who wrote."""
    desk.reload(MAILBOT_SECURITY__AUTHSERV_ID=BORDER)
    watch, tom = Watch(desk), desk.technician_of().address
    head = f"Authentication-Results: {PASSED}\r\n{TRACE}"

    for number, trick in enumerate(TRICKS):
        date = format_datetime(desk.now)
        raw = f"{head}From: {trick.format(tom=tom)}\r\nTo: support@example.com\r\nDate: {date}\r\n"
        raw += f"Subject: Re: [HD-1001] x\r\nMessage-ID: <trick{number}@example.com>\r\n\r\n#close\r\n"
        receipt = desk.receive(raw.encode())
        assert receipt.disposition == "held", (trick, receipt.reason)

    watch.nothing_happened()


LOOK_ALIKES = (
    "{local}@ex\u0430mple.com", "{local}@example.c\u043em", "{local}\u200b@example.com", "\u202e{local}@example.com",
    "{local}@example.com.", "{local}@ｅｘａｍｐｌｅ.com", "{wide}@example.com", "{local}@example\u3002com",
    "{local}@xn--exmple-4nf.com", "{local}@exa\u00admple.com", "{local}.@example.com", "{local}@example\u2024com",
)  # fmt: skip


def a28_an_address_that_looks_like_a_technicians_is_another_one(desk: Helpdesk) -> None:
    local = desk.technician_of().address.partition("@")[0]
    watch = Watch(desk)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in local)

    for number, look in enumerate(LOOK_ALIKES):
        raw = f"From: {look.format(local=local, wide=wide)}\r\nTo: support@example.com\r\n"
        raw += f"Subject: Re: [HD-1001] \u202eexe.gpj\r\nMessage-ID: <look{number}@evil.example>\r\n\r\n#close\r\n"
        receipt = desk.receive(raw.encode())
        assert receipt.disposition == "held", (look, receipt.reason)

    watch.nothing_happened()
    for mail in desk.courier.sent:
        assert not re.search("[\u202a-\u202e\u2066-\u2069]".encode(), mail.raw)
        assert "\u202e".encode() not in mail.raw


PGP = (
    "-----BEGIN PGP SIGNED MESSAGE-----\\nHash: SHA256\\n\\n{}\\n"
    "-----BEGIN PGP SIGNATURE-----\\n\\niQEz\\n=abcd\\n-----END PGP SIGNATURE-----\\n"
)


def _multipart(desk: Helpdesk, kind: str, *parts: tuple[str, str], **parameters: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = desk.technician_of().address, "support@example.com", "Re: [HD-1001] x"
    mail["Date"], mail["Message-ID"] = format_datetime(desk.now), f"<{kind}{len(parts)}.{len(parts[0][1])}@example.com>"
    mail["Content-Type"] = f'multipart/{kind}; boundary="b"' + "".join(f'; {k}="{v}"' for k, v in parameters.items())
    body = "".join(f"--b\r\nContent-Type: {type_}\r\n\r\n{text}\r\n" for type_, text in parts)
    return mail.as_bytes().rstrip() + f"\r\n\r\n{body}--b--\r\n".encode()


def a37_a_signed_or_enciphered_mail_proves_nothing_by_itself(desk: Helpdesk) -> None:
    watch = Watch(desk)
    command, pgp = ("text/plain", "#close"), ("application/pgp-signature", "-----BEGIN PGP SIGNATURE-----")
    smime = ("application/pkcs7-signature; name=smime.p7s", "MIIB")
    forgeries = [
        _multipart(desk, "signed", command, pgp, protocol="application/pgp-signature"),
        _multipart(desk, "signed", command, smime, protocol="application/pkcs7-signature"),
        _multipart(desk, "mixed", command, ("message/rfc822", "Subject: signed\r\n\r\nx"), pgp),
        _multipart(desk, "signed", command, pgp, ("text/plain", "unsigned"), protocol="application/pgp-signature"),
        _multipart(desk, "encrypted", command, ("application/octet-stream", "x"), protocol="application/pgp-encrypted"),
        forged(desk, PGP.format("#close")),
        forged(desk, "#close\n" + PGP.format("Yes.")),
        forged(desk, DKIM_Signature="v=1; a=rsa-sha256; d=example.com; s=tests; h=from; bh=eA==; b=eA=="),
    ]

    for number, raw in enumerate(forgeries):
        receipt = desk.receive(raw)
        assert receipt.disposition in {"held", "duplicate"}, (number, receipt.reason)

    watch.nothing_happened()


def a37_a_valid_signature_that_leaves_room_for_changes_proves_nothing(desk: Helpdesk) -> None:
    desk.reload(MAILBOT_SECURITY__DKIM="true")
    desk.keys[NAME] = RECORD
    watch = Watch(desk)
    note = signed(forged(desk, "#note seen"), covered=("from", "date", "to"))
    moved = note.replace(b"[HD-1001]", b"[HD-1001] now")
    longer = signed(forged(desk, "Thanks."), length=True) + b"\r\n"
    twice = b"Subject: [HD-1001] x\r\n" + signed(forged(desk, "#note seen"))

    for number, raw in enumerate((moved, longer, twice, signed(forged(desk), domain="evil.example"))):
        assert desk.receive(raw).disposition == "held", number

    watch.nothing_happened()
