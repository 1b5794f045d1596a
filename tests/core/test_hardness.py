"""A dead address is told from a mail that only did not pass."""

import pytest

from mailbot.core.model import Report
from mailbot.core.reports.hardness import address_is_dead


def failed(status: str = "", diagnostic: str = "", smtp_code: str = "") -> Report:
    return Report(failed=("a@example.com",), status=status, diagnostic=diagnostic, smtp_code=smtp_code)


@pytest.mark.parametrize(
    "report",
    [
        failed("5.1.1"),
        failed("5.1.1", "550 5.1.1 <a@example.com>: Recipient address rejected: User unknown in virtual mailbox table"),
        failed("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound"),
        failed("5.2.1", "550 5.2.1 the mailbox is disabled"),
        failed("5.4.4", "Host or domain name not found"),
        failed("5.4.1", "550 5.4.1 Recipient address rejected: Access denied"),
        failed("5.0.0", "550 unknown user"),
        failed("5.7.1", "550 5.7.1 no such user here"),
        failed("5.0.0"),
        failed(smtp_code="550"),
        failed(),
    ],
)
def test_an_address_that_nobody_has_is_dead(report: Report) -> None:
    assert address_is_dead(report)


@pytest.mark.parametrize(
    "report",
    [
        Report(),
        Report(delayed=("a@example.com",), status="5.1.1"),
        failed("5.2.2", "552 5.2.2 mailbox full"),
        failed("5.2.3"),
        failed("5.3.4", "552 message too large"),
        failed("5.7.1", "554 5.7.1 rejected as spam"),
        failed("5.7.26"),
        failed("5.1.8", "sender address rejected"),
        failed("4.4.7", "delivery time expired"),
        failed(smtp_code="450"),
        failed("5.0.0", "554 blocked, see the blocklist"),
        failed("", "The recipient's mailbox is full and can't accept messages now."),
        failed("5.4.7", "delivery expired"),
    ],
)
def test_an_address_whose_server_may_take_the_next_mail_is_alive(report: Report) -> None:
    assert not address_is_dead(report)
