"""Which of two alternatives of a text is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.alternatives import Reading, reading
from mailbot.core.mail import read
from mailbot.core.model import InboundMail

LETTER = (
    "Dear colleagues, the printer on the second floor does not print since Monday morning. We have tried another cable "
    "and another socket, restarted everything twice, and asked the neighbours, whose printer works. Could somebody "
    "have a look before our deadline on Thursday? Otherwise we must drive to the other office for each contract."
)
PAGE = f"<html><head><style>.MsoNormal{{margin:0cm}}</style></head><body><p class=MsoNormal>{LETTER}</p></body></html>"
RUSSIAN = "Здравствуйте, принтер на втором этаже не печатает с понедельника, посмотрите пожалуйста"


@pytest.mark.parametrize(
    ("plain", "html", "expected"),
    [
        # One made from the other, in the manners of programs.
        (LETTER, PAGE, Reading.PLAIN),
        (LETTER.replace(" ", "\n", 20), PAGE.replace("printer", "<b>prin</b>ter"), Reading.PLAIN),
        (f"{LETTER}\n\n> {LETTER}", PAGE, Reading.PLAIN),
        ("Grüße aus Köln, Böden schön geschrubbt",
         "<p>Gr&uuml;&szlig;e aus K&ouml;ln, B&ouml;den sch&ouml;n geschrubbt", Reading.PLAIN),
        ("Gruesse, caffe gratis a Malmo", "<p>Gruesse, caff\u00e8 gratis \u00e0 Malm\u00f6</p>", Reading.PLAIN),
        (RUSSIAN, f"<p>{RUSSIAN.upper()}</p>", Reading.PLAIN),
        ("打印机坏了\n请帮忙看一下", "<p>打印机坏了请帮忙看一下</p>", Reading.PLAIN),
        # A short answer, decorated.
        ("Thanks", "<p>Thanks</p><p>Virus-free. www.avast.com</p>", Reading.PLAIN),
        ("Hello to myself!", "<p>Hello to myself! <img src=x></p><p>Here is a cat, embedded for you</p>",
         Reading.PLAIN),
        ("A text", "<p>An HTML part</p>", Reading.PLAIN),
        # The beginning of a text, and lost letters.
        (LETTER[:60], PAGE, Reading.HTML),
        (LETTER[:60] + "...", f"<body>{PAGE}", Reading.HTML),
        ("???????????? ??????? ?? ?????? ?????", f"<p>{RUSSIAN}</p>", Reading.HTML),
        ("-", "<p>The printer is broken</p>", Reading.HTML),
        (LETTER.replace("printer", "prin\ufffder"), PAGE, Reading.HTML),
        (LETTER.replace("printer", "prin\ufffder"), PAGE.replace("printer", "prin\ufffder"), Reading.PLAIN),
        # What is more in the HTML was added by programs.
        ("It works again", f"<p>It works again</p><blockquote type=cite><p>{LETTER}</p></blockquote>", Reading.PLAIN),
        ("#close", ("<p>#close</p><p>--<br>Rita Doe<br>Example Ltd, 12 Long Street, London<br>Tel. +44 20 123 456<br>"
         "This message is confidential and intended solely for the addressee, whoever else reads it must delete it"),
         Reading.PLAIN),
        # Two texts.
        (RUSSIAN, PAGE, Reading.BOTH),
        ("View this mail online at our site, thank you", PAGE, Reading.BOTH),
        ("Please find my letter enclosed with best regards",
         "<p>Unfortunately both printers upstairs stopped working yesterday</p>", Reading.BOTH),
    ],
)  # fmt: skip
def test_the_alternative_that_says_all_is_read(plain: str, html: str, expected: Reading) -> None:
    assert reading(plain, html) is expected


def mail(plain: str, html: str, charset: str = "utf-8") -> InboundMail:
    return read(
        "From: a@x.example\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n"
        f"--b\nContent-Type: text/html; charset={charset}\n\n{html}\n--b--\n".encode()
    )


def test_two_texts_are_both_read() -> None:
    found = mail(RUSSIAN, PAGE)
    assert (found.text, found.html_only) == (f"{RUSSIAN}\n{LETTER}", False)
    assert found.new_text == found.text


def test_a_text_that_is_cut_off_is_read_in_the_html() -> None:
    found = mail(LETTER[:60], PAGE)
    assert (found.text, found.html_only) == (LETTER, True)


def test_html_that_could_not_be_decoded_says_nothing_more() -> None:
    assert mail(RUSSIAN, f"<p>{RUSSIAN}</p>", charset="x-nowhere").text == RUSSIAN


def test_a_second_plain_part_of_an_alternative_counts_too() -> None:
    source = (
        "From: a@x.example\nContent-Type: multipart/alternative; boundary=b\n\n"
        "--b\nContent-Type: multipart/mixed; boundary=c\n\n"
        f"--c\nContent-Type: text/plain\n\n{LETTER[:60]}\n--c\nContent-Type: text/plain\n\n{LETTER[60:]}\n--c--\n"
        f"--b\nContent-Type: text/html\n\n{PAGE}\n--b--\n"
    )
    assert read(source.encode()).text == f"{LETTER[:60]}\n{LETTER[60:]}".replace("\n ", "\n ")


@given(st.text(), st.text())
def test_any_two_texts_have_a_reading(plain: str, html: str) -> None:
    assert reading(plain, html) in Reading
