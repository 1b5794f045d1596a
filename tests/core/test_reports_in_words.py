"""Reports without fields for programs: the manners of many servers, and mails that only speak of such reports."""

from pathlib import Path

import pytest

from mailbot.core.mail import read
from mailbot.core.model import Report

COPY = (
    "\n\nReceived: from desk.example (desk.example [192.0.2.7])\nFrom: desk@helpdesk.example\nTo: other@example.com\n"
)


def samples(kind: str) -> dict[str, tuple[list[str], str]]:
    """The samples of a kind, each with the recipients to be found: "@@@ kind: name = recipients", then the text."""
    found = {}
    for block in Path(__file__).with_name("reports_in_words.txt").read_text(encoding="utf-8").split("@@@ ")[1:]:
        title, _, text = block.partition("\n")
        of, _, rest = title.partition(": ")
        name, _, recipients = rest.rpartition(" =")
        if of == kind:
            found[name] = ([one for one in recipients.strip().split(", ") if one], text)
    return found


FAILURES, DELAYS, OTHERS = samples("failed"), samples("delayed"), samples("other")


def report_of(text: str) -> Report | None:
    head = (
        "From: MAILER-DAEMON@mx.example\nTo: desk@helpdesk.example\nSubject: notice\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return read((head + text).encode()).report


def test_there_are_samples() -> None:
    assert (len(FAILURES) > 50, len(DELAYS) > 7, len(OTHERS) > 12) == (True, True, True)


@pytest.mark.parametrize("server", FAILURES)
def test_the_recipients_are_found_in_the_manner_of_each_server(server: str) -> None:
    failed, text = FAILURES[server]
    for whole in (text, text + COPY):
        report = report_of(whole)
        assert report is not None
        assert sorted(report.failed) == sorted(failed)
        assert report.delayed == ()


@pytest.mark.parametrize("server", DELAYS)
def test_a_warning_is_told_from_a_failure(server: str) -> None:
    delayed, text = DELAYS[server]
    report = report_of(text + COPY)
    assert report is not None
    assert report.failed == ()
    assert list(report.delayed) == delayed


@pytest.mark.parametrize("mail", OTHERS)
def test_what_only_speaks_of_reports_is_none(mail: str) -> None:
    _, text = OTHERS[mail]
    report = read(text.replace("\nSubject", "\nTo: desk@helpdesk.example\nSubject", 1).encode()).report
    assert report is None or (report.failed, report.delayed) == ((), ())


def test_the_end_of_the_attempts_is_a_failure_although_there_were_delays() -> None:
    report = report_of("Your message to a@example.com was delayed for 5 days. I'm giving up; it is retried no more.\n")
    assert report is not None
    assert report.failed == ("a@example.com",)


def test_the_one_recipient_of_a_mail_of_ours_is_known_where_the_report_names_nobody() -> None:
    returned = "Original Message:\nFrom: {sender}\nTo: {to}\nSubject: hello\n"
    words = "Message could not be delivered to mobile.\nError: No valid recipients\n\n"
    for sender, to, failed in (
        ("desk@helpdesk.example", "a@example.com", ("a@example.com",)),
        ("desk@helpdesk.example", "a@example.com, b@example.com", None),
        ("somebody@else.example", "a@example.com", None),
    ):
        report = report_of(words + returned.format(sender=sender, to=to))
        assert (report.failed if report else None) == failed


@pytest.mark.parametrize(
    "source",
    [
        (
            "From: postmaster@mx.example\nReturn-Path: <>\nSubject: [BOUNCE]\n\nMessage bounced by administrator\n\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n\nFailed recipient(s):\n"
            "a@example.com\n\nError message:\n550 no such person here\n"
        ),
        (
            "From: Scanner <scan@mx.example>\nSubject: Mail could not be delivered\n\n"
            "Sent >>> RCPT TO:<a@example.com>\n"
            "Received <<< 550 5.1.1 <a@example.com>... user unknown\n\nUnable to deliver message to <a@example.com>\n"
        ),
        (
            "From: no-reply@mx.example\nReturn-Path: <>\nSubject: Your forward\n\nYour mail attempted to be "
            "delivered on Thu, 29 Apr 2010\n    Could not be delivered to: <a@example.com>\n"
            "    As their mailbox is full.\n"
        ),
    ],
)
def test_a_server_that_writes_under_the_name_of_nobody_is_known_by_its_first_words(source: str) -> None:
    report = read(source.replace("\nSubject", "\nTo: desk@helpdesk.example\nSubject", 1).encode()).report
    assert report is not None
    assert report.failed == ("a@example.com",)


def test_a_person_who_shows_a_session_is_no_server() -> None:
    source = (
        "From: rita@example.com\nSubject: Our server\n\nRCPT TO:<a@example.com>\n550 user unknown\n\nWhy is that?\n"
    )
    assert read(source.encode()).report is None
