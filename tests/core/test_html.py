"""HTML mail is read as text: quoted mail apart, hidden text left out, hostile HTML read all the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.html import HtmlText, read_html, strip_tags
from mailbot.core.quoting import Split, split

LIMIT = 512 * 1024


def read(source: str) -> HtmlText:
    return read_html(source, LIMIT)


def parts(source: str) -> Split:
    return split(read(source).new_text)


def test_paragraphs_and_lists_become_lines() -> None:
    text = read("<p>Hello <b>you</b></p><p>two&nbsp;things:</p><ul><li>one</li><li>two</li></ul>").text
    assert [line.strip() for line in text.split("\n") if line.strip()] == ["Hello you", "two things:", "* one", "* two"]


@pytest.mark.parametrize(
    "hidden",
    ["<style>p { x: y }</style>", "<script>alert(1)</script>", '<p style="display:none">x</p>', "<!-- x -->"],
)
def test_what_nobody_sees_is_no_text(hidden: str) -> None:
    assert read(f"<html><body>{hidden}<p>seen</p></body></html>").text == "seen"


def test_a_link_shows_where_it_leads_unless_its_words_say_so() -> None:
    assert read('<p><a href="https://x.example/a">here</a> now</p>').text == "here <https://x.example/a> now"
    assert read('<p><a href="https://x.example/">https://x.example</a></p>').text == "https://x.example"


@pytest.mark.parametrize(
    "quote",
    [
        (
            '<div class="gmail_quote"><div class="gmail_attr">On Monday wrote:</div>'
            '<blockquote class="gmail_quote">old</blockquote></div>'
        ),
        '<blockquote type="cite">old</blockquote>',
        '<div class="moz-cite-prefix">On Monday wrote:</div><blockquote type="cite">old</blockquote>',
        '<div id="divRplyFwdMsg">From: x@y.example<br>Sent: z<br>To: t</div><div>old</div>',
        '<div class="yahoo_quoted">old</div>',
    ],
)
def test_what_a_mail_program_marked_as_quote_is_not_new(quote: str) -> None:
    source = f"<html><body><div>new</div>{quote}</body></html>"
    found = parts(source)
    assert found.new_text == "new"
    assert "old" in found.quoted
    assert "old" in read(source).text
    assert ">" not in read(source).text


def test_text_behind_a_quote_stays_new() -> None:
    found = parts('<body><blockquote type="cite">old</blockquote>answer below</body>')
    assert found.new_text == "answer below"


def test_a_forwarded_mail_stays() -> None:
    found = read(
        '<div>see below</div><div class="gmail_quote"><div class="gmail_attr">------ Forwarded message -----</div>'
        "<div>the error</div></div>"
    )
    assert "the error" in found.new_text


def test_a_mail_that_is_only_a_quote_stays() -> None:
    assert read('<blockquote type="cite">all there is</blockquote>').new_text == "all there is"


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 5_000 + "deep",
        "<table><tr><td>" * 400 + "deep",
        "<a " + "".join(f"a{i}=1 " for i in range(5_000)) + ">deep</a>",
        "<a " + "".join(f"a{i} " for i in range(5_000)) + ">deep</a>",
        "<a " + "".join(f'a{i}="<" ' for i in range(5_000)) + ">deep</a>",
        "<a ' " + "".join(f"a{i} " for i in range(5_000)) + ">deep</a>",
        "<td>x</td>" * 6_000 + "deep",
        "<br>" * 21_000 + "deep",
    ],
)
def test_hostile_html_is_still_read_and_told_of(source: str) -> None:
    found = read(source)
    assert "deep" in found.text
    assert found.defect


def test_html_beyond_the_limit_is_cut_and_told_of() -> None:
    found = read_html("<p>" + "x" * 100, 20)
    assert found.text == "x" * 17
    assert found.defect == "the HTML is 103 characters long, only 20 were read"


def test_an_image_in_the_html_does_not_count_as_attributes() -> None:
    assert read(f'<p>pic <img src="data:image/png;base64,{"QUFB" * 3_000}"></p>').defect == ""


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("<html></html>", ""),
        ("<html><body><br><br></body></html>", ""),
        ("one<br>two<br><br><br><br>three", "one\ntwo\n\nthree"),
        ("one<hr>two", "one\ntwo"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("<pre>a\n  b\n    c</pre>", "a\n  b\n    c"),
        ("<ol><li>one</li><li>two</li></ol>", " 1. one\n 2. two"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a  b\nc  d"),
        ("<p>a&nbsp;b &amp; c &euro; &#x1F600;</p>", "a b & c \u20ac \U0001f600"),
        ('pic <img src="data:image/png;base64,QUFB"> here', "pic here"),
        ('<a href="mailto:r@example.com">r@example.com</a>', "r@example.com"),
        ('<a href="https://example.com/x">example.com/x</a>', "example.com/x"),
        ('<a href="https://www.example.com/">example.com</a>', "example.com"),
        ('<a href="https://example.com/reset?id=1">Reset</a>.', "Reset <https://example.com/reset?id=1>."),
        ('<a href="javascript:x()">click</a>', "click"),
        ('<p class="MsoNormal">one<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p>two</p>', "one\n\ntwo"),
        ("<div>one</div><div>two</div><div><br></div><div>three</div>", "one\ntwo\n\nthree"),
        ("<p>x</p><![CDATA[y]]>", "x"),
        ("<?xml version='1.0' encoding='utf-16'?><p>x</p>", "x"),
        ("<p>un<b>closed <i>tags", "unclosed tags"),
        ("<script>never closed", ""),
    ],
)
def test_html_reads_like_the_page(source: str, text: str) -> None:
    assert read(source).text == text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display: none; max-height: 0">preview</div>',
        '<span style="display:none !important;mso-hide:all">preview</span>',
        '<div style="max-height:0px;overflow:hidden">preview</div>',
        '<div style="visibility: hidden">preview</div>',
        '<div style="font-size: 0">preview</div>',
        '<div style="color:red; font-size:0px !important">preview</div>',
        '<div style="opacity: 0.0">preview</div>',
        "<div hidden>preview</div>",
        "<div>&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#847;&shy;</div>",
    ],
)
def test_the_preview_line_of_a_newsletter_is_no_text(hidden: str) -> None:
    assert read(f"<body>{hidden}<p>seen</p></body>").text == "seen"


@pytest.mark.parametrize(
    "frame",
    [
        '<div style="font-size:0"><div style="display:inline-block;font-size:14px">seen</div></div>',
        '<div style="font-size:0px"><table><tr><td style="FONT-SIZE: 1em">seen</td></tr></table></div>',
        '<div style="font-size:0"><font size="2">seen</font></div>',
        '<div style="font-size:0;font-size:12px">seen</div>',
        '<div style="font-size:0.9em;opacity:0.8">seen</div>',
    ],
)
def test_a_frame_without_size_around_text_with_one_is_read(frame: str) -> None:
    assert read(f"<body>{frame}</body>").text == "seen"


def test_the_lines_of_a_quote_are_marked_for_the_splitter_only() -> None:
    found = read('<div>new</div><blockquote type="cite">old<blockquote type="cite">older</blockquote></blockquote>')
    assert found.text == "new\nold\nolder"
    assert found.new_text == "new\n> old\n>> older"
    assert found.quoted == ""


def test_the_marks_cannot_be_forged_by_a_sender() -> None:
    assert read("<p>\ue0f0all of this is new</p>").new_text == "all of this is new"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a &lt; b &amp; c", "a < b & c"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("1 < 2", "1 < 2"),
        ("<script>x</script>y", "y"),
        ("<STYLE>x</STYLE>y", "y"),
        ("a<!-- b -->c", "ac"),
        ("unfinished <b", "unfinished"),
        ("<script>never closed", ""),
    ],
)
def test_tags_are_stripped(source: str, expected: str) -> None:
    assert strip_tags(source).strip() == expected


@given(st.text(alphabet="<>/abdivp\"'= &;!-\n\x00é", max_size=120))
def test_any_html_gives_a_text(source: str) -> None:
    found = read(source)
    assert "\x00" not in found.text
    strip_tags(source)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>", "a\nb"),
        ('<p class="x_MsoNormal">a</p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">b</p>', "a\n\nb"),
        ('<p style="margin: 0cm">a</p><p style="margin-top:0; margin-bottom:0">b</p>', "a\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>&nbsp;</div><div>b</div>", "a\n\nb"),
        ("<div>a</div><div> </div><div>b</div>", "a\nb"),
    ],
)  # fmt: skip
def test_a_paragraph_without_a_margin_is_a_line(page: str, text: str) -> None:
    assert read_html(page, 1_000).text == text
