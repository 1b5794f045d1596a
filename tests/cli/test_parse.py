"""`mailbot parse` shows what is read in messages: for people as a page, for programs as one object a message."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli.calls import Mailbot

from mailbot.cli.mbox import messages
from mailbot.core.limits import Limits

MAILS = Path(__file__).parents[1] / "mails"
HEAD = b"From: Rita <rita@client.example>\nSubject: x\nMessage-ID: <1@client.example>\n"
ENVELOPE = b"From rita@client.example Mon Mar  2 09:00:00 2026\n"


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def written(folder: Path, name: str, raw: bytes) -> Path:
    path = folder / name
    path.write_bytes(raw)
    return path


def test_each_message_is_one_object_in_the_order_of_the_arguments(mailbot: Mailbot) -> None:
    done = mailbot("parse", "--json", MAILS / "vacation.eml", MAILS / "gmail_reply.eml")
    first, second = objects(done.out)
    assert (done.code, first["automatic"] is None, second["automatic"]) == (0, False, None)
    assert second["new_text"] == "It works again – thanks!"
    assert (second["may_create_ticket"], second["may_be_answered"], second["error"]) == (True, True, None)
    assert {"quoted", "signature", "attachments", "report", "defects", "in_reply_to"} <= set(second)


def test_a_file_that_cannot_be_read_is_an_object_too_and_the_others_are_shown(mailbot: Mailbot, tmp_path: Path) -> None:
    done = mailbot("parse", "--json", tmp_path / "none.eml", tmp_path, MAILS / "alarm.eml")
    missing, folder, fine = objects(done.out)
    assert done.code == 1
    assert "none.eml could not be read: No such file" in missing["error"]
    assert "Is a directory" in folder["error"]
    assert (missing["subject"], missing["may_create_ticket"]) == (None, False)
    assert fine["error"] is None
    assert set(missing) == set(fine)


def test_of_a_refused_message_is_told_what_its_header_says(mailbot: Mailbot, tmp_path: Path) -> None:
    raw = HEAD + b"X-A: b\n" * 600 + b"\nhello"
    refused = written(tmp_path, "a.eml", raw)
    torn = written(tmp_path, "b.eml", raw.replace(b"Rita", b"(" * 50))
    done = mailbot("parse", "--json", refused, torn)
    first, second = objects(done.out)
    assert done.code == 1
    assert first["error"] == "there are 603 headers, the limit is 500"
    assert (first["subject"], first["from"]["address"]) == ("x", "rita@client.example")
    assert first["message_id"] == "<1@client.example>"
    assert (first["text"], first["may_create_ticket"], first["may_be_answered"]) == ("", False, False)
    assert (second["subject"], second["from"]) == ("x", None)
    page = mailbot("parse", refused).out
    assert "Not read    there are 603 headers, the limit is 500" in page
    assert "Rita <rita@client.example>" in page


def test_a_bug_in_reading_costs_one_message_only(mailbot: Mailbot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("mailbot.core.mail.read", fail)
    done = mailbot("parse", "--json", MAILS / "alarm.eml", MAILS / "vacation.eml")
    assert done.code == 1
    assert ["this is a bug" in found["error"] for found in objects(done.out)] == [True, True]


def test_the_standard_input_is_a_message(mailbot: Mailbot) -> None:
    done = mailbot("parse", "--json", "-", stdin=HEAD + b"\nhello")
    assert [found["text"] for found in objects(done.out)] == ["hello"]
    assert objects(mailbot("parse", "--json", "-").out)[0]["text"] == ""
    closed = subprocess.run(
        [sys.executable, "-m", "mailbot", "parse", "--json", "-"],
        preexec_fn=lambda: os.close(0),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert json.loads(closed.stdout)["error"] is None


def test_an_mbox_is_shown_message_by_message(mailbot: Mailbot, tmp_path: Path) -> None:
    one = ENVELOPE + HEAD + b"\nhello\n\n>From here it is quoted\n>>From there too\n\n"
    two = ENVELOPE + HEAD.replace(b"Subject: x", b"Subject: y") + b"\nFrom 2025 on\n\nFrom now on\n\n"
    for line_end in (b"\n", b"\r\n"):
        box = written(tmp_path, "box", (one + two).replace(b"\n", line_end))
        done = mailbot("parse", "--json", box)
        assert [found["subject"] for found in objects(done.out)] == ["x", "y"]
        assert objects(done.out)[0]["text"] == "hello\n\nFrom here it is quoted\n>From there too"
        assert objects(done.out)[1]["text"] == "From 2025 on\n\nFrom now on"
    page = mailbot("parse", box).out
    assert f"{box}\n" in page
    assert f"{box}, message 2\n" in page


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From",
        HEAD + b"\nhello\n\n" + ENVELOPE + HEAD + b"\nquoted\n",
        ENVELOPE + HEAD + b"\nhello\n>From here\n",
        ENVELOPE + HEAD + b"\nhello\n\nFrom now on it works\nX: y\n",
        ENVELOPE + HEAD + b"\nhello\n" + ENVELOPE + HEAD,
        ENVELOPE + HEAD + b"\nhello\n\n" + ENVELOPE + b"it was\n",
        ENVELOPE + HEAD + b"\nhello\n\n" + b"x" * 2_500_000 + ENVELOPE + HEAD,
    ],
)
def test_what_has_no_second_envelope_line_is_one_message_as_it_is(raw: bytes, tmp_path: Path) -> None:
    with written(tmp_path, "a", raw).open("rb") as stream:
        assert list(messages(stream, 25_000_000)) == [raw]


def test_by_its_name_a_file_is_one_message_whatever_it_quotes(mailbot: Mailbot, tmp_path: Path) -> None:
    raw = ENVELOPE + HEAD + b"\nThis could not be delivered:\n\n" + ENVELOPE + HEAD + b"\nhello\n"
    assert len(objects(mailbot("parse", "--json", written(tmp_path, "a.EML", raw)).out)) == 1
    assert len(objects(mailbot("parse", "--json", written(tmp_path, "a", raw)).out)) == 2


def test_of_an_endless_message_no_more_than_the_limit_is_kept(tmp_path: Path) -> None:
    endless = HEAD + b"\n" + b"x" * 60 + b"\n" * 5_000
    box = written(tmp_path, "box", (ENVELOPE + endless) * 2)
    for name, raw in (("box", box.read_bytes()), ("one", endless)):
        with written(tmp_path, name, raw).open("rb") as stream:
            found = list(messages(stream, 1000))
        assert all(1000 < len(message) <= 3000 for message in found)
        assert len(found) == (2 if name == "box" else 1)


def test_a_message_beyond_the_limit_of_the_size_is_refused(mailbot: Mailbot, tmp_path: Path) -> None:
    path = written(tmp_path, "a.eml", HEAD + b"\n" + b"x" * Limits().size)
    done = mailbot("parse", "--json", path)
    assert (done.code, objects(done.out)[0]["subject"]) == (1, "x")
    assert "the limit is 25.0 MiB" in objects(done.out)[0]["error"]


def test_the_page_shows_what_is_new_what_was_cut_and_why(mailbot: Mailbot) -> None:
    reply = mailbot("parse", MAILS / "gmail_reply.eml").out
    assert "From        Rita Doe <rita@customer.example>" in reply
    assert "New text (1 line)\n  | It works again – thanks!" in reply
    assert "Cut as quote (" in reply
    assert "| On Tue, 3 Nov 2026 at 09:30, Helpdesk" in reply
    assert "a person, as far as can be seen" in reply
    assert "utf-8, as declared" in reply
    report = mailbot("parse", MAILS / "dsn_failed.eml").out
    assert "Failed               nobody@customer.example" in report
    assert "May become a ticket  no" in report
    files = mailbot("parse", MAILS / "attachments.eml").out
    assert "| Rechnung €.pdf  (application/pdf, 9 bytes)" in files
    assert "| logo.png  (image/png, 8 bytes, shown in the text)" in files


def test_the_page_tells_what_was_wrong_and_of_a_charset_that_is_a_lie(mailbot: Mailbot) -> None:
    raw = HEAD + b"Content-Type: text/plain; charset=x-none\n\ncaf\xe9 ol\xe9\n"
    page = mailbot("parse", "-", stdin=raw).out
    assert "What was wrong with it\n  |" in page
    charset = next(line for line in page.splitlines() if line.strip().startswith("Charset"))
    assert "x-none" in charset
    assert "as declared" not in charset


def test_the_charset_of_an_attached_file_is_not_that_of_the_text(mailbot: Mailbot) -> None:
    text = b"--b\nContent-Type: text/plain; charset=iso-8859-2\n\nhello\n"
    file = b"--b\nContent-Type: text/csv; charset=koi8-r\nContent-Disposition: attachment; filename=a.csv\n\nx\n"
    inner = b"--b\nContent-Type: message/rfc822\n\nContent-Type: text/plain; charset=koi8-u\n\nhi\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + text + file + inner + b"--b--\n"
    assert "Charset              iso-8859-2, as declared" in mailbot("parse", "-", stdin=raw).out


def test_a_long_quote_is_shown_in_part_and_the_rest_is_counted(mailbot: Mailbot) -> None:
    quote = b"".join(b"> line %d\n" % number for number in range(30))
    page = mailbot("parse", "-", stdin=HEAD + b"\nyes\n\n" + quote).out
    assert 'Cut as quote (30 lines), known by the mark ">":' in page
    assert "> line 3\n  ... 26 more lines; --json shows all" in page
    assert "> line 4" not in page


def test_no_message_can_draw_on_the_terminal(mailbot: Mailbot) -> None:
    attack = "\x1b]0;x\x07\x1b[2J\u202eevil\x9b31m"
    raw = (
        f"From: {attack} <a@b.example>\nTo: {attack}\nSubject: {attack}\nMessage-ID: <{attack}@x>\n"
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{attack}\n> {attack}\n--b\nContent-Type: x/{attack}\n"
        f'Content-Disposition: attachment; filename="{attack}.pdf"\n\nx\n--b--\n'
    ).encode()
    refused = raw.replace(b"boundary=b", b"boundary=b" + b"; a=b" * 300)
    for message in (raw, refused):
        page = mailbot("parse", "-", stdin=message).out
        assert not any(char in page for char in "\x1b\x07\x9b\u202e\r")
        assert "evil" in page


def test_a_message_without_anything_has_a_page(mailbot: Mailbot) -> None:
    page = mailbot("parse", "-", stdin=b"").out
    assert "nobody: it is missing" in page
    assert "No text" in page


def test_of_several_authors_the_first_is_shown_and_none_is_believed(mailbot: Mailbot, tmp_path: Path) -> None:
    several = written(tmp_path, "a.eml", HEAD.replace(b"From: ", b"From: Tom <tom@client.example>, ") + b"\nhello")
    (one,) = objects(mailbot("parse", "--json", several).out)
    assert (one["from"], one["from_is_sure"]) == ({"name": "Tom", "address": "tom@client.example"}, False)
    assert "not sure enough to count as anybody" in " ".join(mailbot("parse", several).out.split())
    (sure,) = objects(mailbot("parse", "--json", written(tmp_path, "b.eml", HEAD + b"\nhello")).out)
    assert (sure["from"]["address"], sure["from_is_sure"]) == ("rita@client.example", True)
