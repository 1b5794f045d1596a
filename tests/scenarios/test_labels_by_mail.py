"""What our own mails call a category or a priority may be written back to us."""

from world.helpdesk import Helpdesk


def test_a_technician_writes_the_words_of_the_mail_that_he_got(desk: Helpdesk) -> None:
    desk.rita.writes("Printer", "It prints nothing.")
    technician = desk.technician_of()
    technician.answers(technician.last, "#kategori jaringan\n#prio mendesak")
    ticket = desk.ticket()
    assert (ticket.category, ticket.priority) == ("network", "critical")
