"""Texts that could be a quote, an answer of a machine, a report."""

from fuzz.bombs.table import HEAD, MIB, bomb, filled, plain


@bomb("quote marks a mile deep")
def _() -> bytes:
    return plain(b"".join(b">" * i + b" x\r\n" for i in range(1, 3000)))


@bomb("attributions in every line")
def _() -> bytes:
    return plain(filled(b"On Mon, 2 Mar 2026 at 09:00, Rita <rita@client.example> wrote:\r\n", 3 * MIB))


@bomb("attributions that never end")
def _() -> bytes:
    return plain(filled(b"On Mon, 2 Mar 2026 at 09:00, Rita\r\n", 3 * MIB))


@bomb("attributions in all languages, torn")
def _() -> bytes:
    lines = "Am 2. März schrieb\nLe 2 mars, Rita a écrit\nPada Sen, 2 Mar 2026, Rita\nEl lun, Rita escribió\nwrote:\n"
    return plain(filled(lines.encode(), 2 * MIB))


@bomb("one line of a million words that could be an attribution")
def _() -> bytes:
    return plain(b"On " + filled(b"Mon, wrote ", 1_000_000) + b"wrote:\r\n")


@bomb("header blocks in every line")
def _() -> bytes:
    return plain(filled(b"From: a@b.example\r\nSent: Monday\r\nTo: c\r\nSubject: d\r\n\r\n", 3 * MIB))


@bomb("rules and dashes")
def _() -> bytes:
    return plain(filled(b"-----Original Message-----\r\n_____________\r\n-- \r\n***\r\n", 900_000))


@bomb("signatures without end")
def _() -> bytes:
    return plain(filled(b" -- \r\nRita\r\n", 2 * MIB))


@bomb("format=flowed without an end of its paragraph")
def _() -> bytes:
    return plain(filled(b"x \r\n", 2 * MIB), b"text/plain; format=flowed; delsp=yes")


@bomb("format=flowed with quote depths that change")
def _() -> bytes:
    return plain(b"".join(b">" * (i % 70) + b" x \r\n" for i in range(60_000)), b"text/plain; format=flowed")


@bomb("commands by the hundred thousand")
def _() -> bytes:
    return plain(filled(b"#note x\r\n#close\r\n", MIB))


@bomb("addresses and numbers that a report could hold")
def _() -> bytes:
    line = b"<a@b.example>: host mx.b.example[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO)\r\n"
    head = HEAD.replace(b"Rita <rita@client.example>", b"MAILER-DAEMON@b.example")
    return b"Return-Path: <>\r\n" + head + b"\r\n" + filled(line, 5 * MIB)


@bomb("a report that could be of any server, 500 kB")
def _() -> bytes:
    lines = (
        b"This message was created automatically\r\n  ----- The following addresses had fatal errors -----\r\n"
        b"   ----- Transcript of session follows -----\r\n550 <a@b.example>... User unknown\r\n\r\n"
    )
    head = HEAD.replace(b"Rita <rita@client.example>", b"MAILER-DAEMON@b.example")
    return b"Return-Path: <>\r\n" + head + b"\r\n" + filled(lines, 500_000)
