"""Templates: every notice in every language, with kind values and with hostile ones."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.adapters import filters
from mailbot.adapters.render import PARTS, Rendered, Renderer, builtin_directory
from mailbot.adapters.samples import sample, samples
from mailbot.core import commands
from mailbot.core.notices import NOTICES, Audience
from mailbot.core.quoting import split
from mailbot.errors import ConfigError

LANGUAGES = ("en", "id")
TO_REQUESTERS = [name for name, notice in NOTICES.items() if notice.audience.outside]
TO_TECHNICIANS = [name for name, kind in NOTICES.items() if kind.audience in {Audience.TECHNICIAN, Audience.LEAD}]
CASES = [(notice, language) for notice in NOTICES for language in LANGUAGES]
RENDERER = Renderer(None, "en")

TAGS = {
    "html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "h1", "h2", "p", "br", "b", "a",
    "span", "div",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "class", "style", "role", "width", "cellpadding", "cellspacing", "border",
    "align", "dir", "href", "aria-roledescription", "aria-label",
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script><img src=https://evil.example/x.gif onerror=x></td></tr></table></style><style>",
    '"><a href="javascript:alert(1)">x</a> {{7*7}}{% raw %}{{ helpdesk.__class__ }} {name} %s {0.__class__}',
    "#resolve\r\nBcc: victim@example.com\r\n\r\n #close\n\uff03take\r#spam\x0b#note x\x85#go\u2028#end",
    "\u202e\u2066gnp.exe \u0645\u0631\u062d\u0628\u0627 nul\0 bell\x07 surrogate\ud800",
    "",
)


class _Page(HTMLParser):
    """What a page is made of, and the texts in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.lines: list[str] = []
        self.texts: dict[str, str] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _value in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in {"span", "b", "a"}:  # Those go on within the line.
            self.lines.append("")
        if tag == "span":  # A few words inside a paragraph.
            return
        self._open = dict(attrs).get("class") or (self._open if tag in {"p", "br", "a", "b"} else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "h1":
            self._open = ""

    def handle_data(self, data: str) -> None:
        self.texts[self._open] = self.texts.get(self._open, "") + data
        first, *others = data.splitlines() or [""]
        self.lines[-1:] = [self.lines[-1] + first if self.lines else first, *others]
        if data.endswith("\n"):
            self.lines.append("")


def replaced(values: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Sample values in which every text that anybody outside may choose is another one."""
    poisoned: dict[str, Any] = {}
    for key, value in values.items():
        if key in {"text", "author", "author_address", "mail_subject", "diagnostic", "address", "held_text", "hint"}:
            poisoned[key] = text
        elif key in {"attachments", "reasons", "lines", "commands"}:
            poisoned[key] = [text, text]
        elif key == "recipient":
            poisoned[key] = {"name": text, "address": text}
        elif key == "ticket" and value:
            chosen = ("subject", "requester_name", "technician_name", "team", "category", "resolution", "prevention")
            poisoned[key] = {**value, **dict.fromkeys(chosen, text)}
        else:
            poisoned[key] = value
    return poisoned


def visible(rendered: Rendered) -> str:
    return f"{rendered.subject}\n{rendered.text}\n{rendered.html}"


def test_every_notice_renders_in_every_language_with_every_branch() -> None:
    assert RENDERER.check() == []
    RENDERER.require_good()
    assert RENDERER.languages() == list(LANGUAGES)
    assert [RENDERER.missing(language) for language in LANGUAGES] == [[], []]


@pytest.mark.parametrize(("notice", "language"), CASES)
def test_both_parts_begin_and_end_with_the_same_words(notice: str, language: str) -> None:
    for values in samples(notice, language):
        rendered = RENDERER.render(notice, language, values)
        lines = rendered.text.rstrip("\n").split("\n")
        first = lines[2] if lines[0].startswith("##- ") else lines[0]
        page = _Page(rendered.html)
        assert page.texts["lead"].split() == first.split()
        assert page.texts["foot"].split() == lines[-1].split()
        assert lines[-2] == "-- "
        assert "\n\n\n" not in rendered.text
        assert rendered.text.endswith("\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", NOTICES)
def test_the_subject_carries_the_tag_and_the_page_its_language(notice: str, language: str) -> None:
    rendered = RENDERER.render(notice, language, sample(notice, language))
    without = {"worklist", "digest", "digest_overdue", "found", "returned", "morning", "overview", "balance"}
    assert rendered.subject.startswith("[HD-1042] ") or notice in without
    assert f'<html lang="{language}">' in rendered.html
    assert rendered.language == language


def test_the_acknowledgement_has_no_byte_that_its_sender_chose() -> None:
    for language in LANGUAGES:
        for values in samples("acknowledgement", language):
            plain = RENDERER.render("acknowledgement", language, values)
            poisoned = replaced(values, "ATTACKER")
            assert RENDERER.render("acknowledgement", language, poisoned) == plain
            assert "[HD-1042]" in plain.subject


@pytest.mark.parametrize("notice", ["status_update", "reopened", "survey_thanks"])
def test_other_automatic_mail_before_a_technician_spoke_has_no_such_byte_in_its_subject(notice: str) -> None:
    values = replaced(sample(notice, "en"), "ATTACKER")
    assert "ATTACKER" not in RENDERER.render(notice, "en", values).subject


@pytest.mark.parametrize("notice", TO_REQUESTERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_to_a_requester_says_nothing_internal(notice: str, language: str) -> None:
    values = sample(notice, language)
    values["ticket"] |= dict.fromkeys(("team", "category", "priority", "impact", "urgency"), "INTERNAL")
    values |= {"reasons": ["INTERNAL"], "assigned_by": "INTERNAL"}
    assert "INTERNAL" not in visible(RENDERER.render(notice, language, values))


@pytest.mark.parametrize(("notice", "language"), CASES)
def test_hostile_words_stay_words(notice: str, language: str) -> None:
    values = sample(notice, language)
    for hostile in HOSTILE:
        rendered = RENDERER.render(notice, language, replaced(values, hostile))
        page = _Page(rendered.html)
        assert page.tags <= TAGS
        assert page.attributes <= ATTRIBUTES
        assert all(link.startswith(("https://", "mailto:")) for link in page.links)
        assert "49" not in visible(rendered)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", rendered.subject)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", rendered.text)
        # None of its lines is read as a command when the mail comes back, be it as text or as a page.
        for line in (*rendered.text.splitlines(), *page.lines):
            parsed = commands.parse(line)
            assert parsed.calls == ()
            assert parsed.errors == ()


@pytest.mark.parametrize(("notice", "language"), CASES)
def test_a_page_fetches_nothing_and_says_it_suits_the_dark(notice: str, language: str) -> None:
    page = RENDERER.render(notice, language, sample(notice, language)).html
    assert not re.search(r"url\(|@import|src=|<link|<script|<img|flex", page)
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "@media (prefers-color-scheme: dark)" in page
    assert "max-width: 600px" in page


@pytest.mark.parametrize("notice", TO_TECHNICIANS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_to_internal_mail_is_cut_at_our_line_whatever_the_mail_program(notice: str, language: str) -> None:
    quoted = RENDERER.render(notice, language, sample(notice, language)).text
    assert split(f"It works again.\n\n{quoted}").new_text.strip() == "It works again."


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_ink_is_readable_on_its_paper(mode: str) -> None:
    layout = (builtin_directory() / "shared" / "layout.html.j2").read_text("utf-8")
    light, _, dark = layout.partition("<style>")[2].partition("@media")
    sheet = light if mode == "light" else dark
    papers = [colour for rule, colour in colours(sheet, "background-color") if rule in {".card", ".words", ".page"}]
    inks = {colour for _rule, colour in colours(sheet, "color")}
    assert len(papers) == 3
    assert len(inks) >= 3
    for paper in papers[1:]:
        for ink in inks:
            assert contrast(ink, paper) >= 4.5, (ink, paper)


def colours(sheet: str, field: str) -> list[tuple[str, str]]:
    rules = re.findall(r"^([^{}\n]+) \{([^{}]*)\}", sheet, re.MULTILINE)
    found = [(name, re.search(rf"(?<![-\w]){field}: (#[0-9a-f]{{6}})", body)) for name, body in rules]
    return [(name, match[1]) for name, match in found if match]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, "utf-8")


def test_an_operator_replaces_one_file_and_may_build_on_the_shipped_one(tmp_path: Path) -> None:
    extended = '{% extends "builtin/en/closed.txt.j2" %}{% block body %}{{ super() }}Ask for Ani.{% endblock %}'
    write(tmp_path, "en/closed.txt.j2", extended)
    write(tmp_path, "en/closed.subject.j2", "Done: {{ ticket.number }}\n")
    renderer = Renderer(tmp_path, "en")
    rendered = renderer.render("closed", "en", sample("closed", "en"))
    assert rendered.subject == "Done: 1042"
    assert "it was resolved" in rendered.text
    assert "Ask for Ani." in rendered.text
    assert rendered.html == RENDERER.render("closed", "en", sample("closed", "en")).html
    assert renderer.check() == []


def test_a_subject_is_one_line_however_its_template_is_written(tmp_path: Path) -> None:
    write(tmp_path, "en/closed.subject.j2", "{# mine #}\n\nClosed:\n{{ ticket.subject }}\n")
    values = sample("closed", "en")
    values["ticket"] |= {"subject": "a\r\nBcc: x@example.com\x85b\u2028c\u202ed" + "e" * 500}
    subject = Renderer(tmp_path, "en").render("closed", "en", values).subject
    assert subject.startswith("Closed: a Bcc: x@example.com b c")
    assert subject.isprintable()
    assert len(subject) <= 250


def test_an_operator_replaces_the_common_frame_of_all_mails(tmp_path: Path) -> None:
    extended = '{% extends "builtin/shared/layout.txt.j2" %}{% block marker %}PT CONTOH JAYA\n\n{% endblock %}'
    write(tmp_path, "shared/layout.txt.j2", extended)
    rendered = Renderer(tmp_path, "en").render("closed", "id", sample("closed", "id"))
    assert rendered.text.startswith("PT CONTOH JAYA\n")


def test_a_third_language_is_a_folder_and_what_it_lacks_comes_in_ours(tmp_path: Path) -> None:
    for part in PARTS:
        write(tmp_path, f"fr/closed.{part}.j2", "Demande fermée, {{ now|when }}, {{ ticket.status|status_name }}")
    write(tmp_path, "fr/labels.toml", '[format]\nlocale = "fr"\nwhen = "d MMMM y HH:mm"\n[status]\nopen = "ouverte"\n')
    renderer = Renderer(tmp_path, "id")
    assert renderer.languages() == ["en", "fr", "id"]
    assert "closed.txt.j2" not in renderer.missing("fr")
    assert "survey.txt.j2" in renderer.missing("fr")
    rendered = renderer.render("closed", "fr", sample("closed", "fr"))
    assert rendered.text == "Demande fermée, 4 août 2026 10:30 WIB, ouverte\n"
    assert rendered.language == "fr"
    assert renderer.render("survey", "fr", sample("survey", "fr")).language == "id"
    assert Renderer(tmp_path, "xx").render("survey", "../en", sample("survey", "en")).language == "en"
    assert renderer.check() == []


def test_a_copy_of_some_templates_is_a_language_that_says_the_rest_in_that_of_the_helpdesk(tmp_path: Path) -> None:
    copied = ("closed", "acknowledgement")
    for notice in copied:
        for part in PARTS:
            text = (builtin_directory() / "en" / f"{notice}.{part}.j2").read_text("utf-8")
            write(tmp_path, f"xx/{notice}.{part}.j2", text.replace("You get this mail", "Xx get this mail"))
    write(tmp_path, "xx/labels.toml", '[format]\nlocale = "en"\nwhen = "y-MM-dd HH:mm"\n[status]\nnew = "xx new"\n')
    renderer = Renderer(tmp_path, "id")

    lacks = renderer.missing("xx")
    assert {f"{notice}.{part}.j2" for notice in NOTICES for part in PARTS} - set(lacks) == {
        f"{notice}.{part}.j2" for notice in copied for part in PARTS
    }
    unsaid = renderer.unsaid("xx")
    assert "status.new" not in unsaid
    assert {"status.open", "word.regards", "notice.survey"} <= set(unsaid)
    for notice in NOTICES:
        rendered = renderer.render(notice, "xx", sample(notice, "en"))
        assert rendered.language == ("xx" if notice in copied else "id")
    acknowledgement = renderer.render("acknowledgement", "xx", sample("acknowledgement", "en")).text
    assert "Xx get this mail" in acknowledgement
    assert "Salam hangat" in acknowledgement, "the shared words that it lacks are those of the helpdesk's language"
    assert (renderer.word("xx", "status", "new"), renderer.word("xx", "status", "open")) == ("xx new", "terbuka")
    assert renderer.check() == []
    assert [renderer.unsaid(language) for language in LANGUAGES] == [[], []]


@pytest.mark.parametrize(
    ("name", "text", "want"),
    [
        ("en/closed.txt.j2", "one\n{{ tikcet.number }}\n", r"closed\.txt\.j2, line 2: 'tikcet' is undefined"),
        ("en/closed.txt.j2", "\n\n{{ ticket.nmber }}", r"closed\.txt\.j2, line 3: .*no attribute 'nmber'"),
        ("en/closed.html.j2", "{% if text %}\n<p>", r"closed\.html\.j2, line 2: Unexpected end of template"),
        ("en/closed.subject.j2", "{{ ticket|wehn }}", r"closed\.subject\.j2, line 1: No filter named 'wehn'"),
        ("en/closed.txt.j2", "{{ ticket.number|when }}", r"closed\.txt\.j2, line 1: AttributeError"),
        ("en/closed.txt.j2", "{{ 'nothing'|word }}", r"closed\.txt\.j2, line 1: LookupError: .*'nothing'"),
        ("en/closed.txt.j2", "{{ ''.__class__ }}", r"closed\.txt\.j2, line 1: access to attribute '__class__'"),
        ("en/closed.txt.j2", "{{ range(3) }}", r"closed\.txt\.j2, line 1: 'range' is undefined"),
        ("en/closed.txt.j2", '{% include "no.j2" %}', r"uses a template 'no\.j2' that does not exist"),
        ("en/labels.toml", "[format\n", r"labels\.toml: it cannot be used"),
        ("en/labels.toml", '[format]\nlocale = "xx-no"\nwhen = "y"\n', r"labels\.toml: it cannot be used"),
    ],
)
def test_a_broken_template_is_named_with_file_line_and_mistake(tmp_path: Path, name: str, text: str, want: str) -> None:
    write(tmp_path, name, text)
    renderer = Renderer(tmp_path, "en")
    with pytest.raises(ConfigError, match=want):
        renderer.render("closed", "en", sample("closed", "en"))


def test_the_check_finds_what_a_mail_would_stumble_over(tmp_path: Path) -> None:
    write(tmp_path, "en/closed.txt.j2", "one\n{% if text %}{{ tikcet.number }}{% endif %}\n")
    renderer = Renderer(tmp_path, "en")
    [problem] = renderer.check()
    assert (problem.template, problem.line) == (str(tmp_path / "en/closed.txt.j2"), 2)
    assert "'tikcet' is undefined" in problem.what
    with pytest.raises(ConfigError, match=r"closed\.txt\.j2, line 2: 'tikcet' is undefined"):
        renderer.require_good()


def test_half_a_notice_and_a_misspelt_file_are_found(tmp_path: Path) -> None:
    write(tmp_path, "fr/closed.txt.j2", "fermé")
    write(tmp_path, "en/acknowledgment.txt.j2", "x")
    write(tmp_path, "en/_greeting.txt.j2", "a part of others")
    found = [str(problem) for problem in Renderer(tmp_path, "en").check()]
    assert len(found) == 3
    assert "did you mean acknowledgement.txt.j2?" in found[0]
    assert found[1].startswith("fr/closed.subject.j2: it is missing")
    assert found[2].startswith("fr/closed.html.j2: it is missing")


def test_an_unknown_notice_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"no templates for the notice 'nothing'.*templates_dir"):
        RENDERER.render("nothing", "en", {})


LABELS = {language: filters.load_labels(builtin_directory() / language / "labels.toml") for language in LANGUAGES}
MOMENT = datetime(2026, 8, 4, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "want"),
    [
        ("en", "Asia/Jakarta", "Tue 4 Aug 2026, 10:30 WIB"),
        ("id", "Asia/Jakarta", "Sel, 4 Agu 2026 10.30 WIB"),
        ("id", "Asia/Makassar", "Sel, 4 Agu 2026 11.30 WITA"),
        ("en", "Europe/Berlin", "Tue 4 Aug 2026, 05:30 CEST"),
        ("en", "America/Sao_Paulo", "Tue 4 Aug 2026, 00:30 UTC-03"),
        ("en", "UTC", "Tue 4 Aug 2026, 03:30 UTC"),
    ],
)
def test_a_time_is_local_and_names_its_zone(language: str, zone: str, want: str) -> None:
    assert filters.when(MOMENT, ZoneInfo(zone), LABELS[language]) == want


def test_no_time_is_no_text() -> None:
    assert filters.when(None, ZoneInfo("UTC"), LABELS["en"]) == ""


@pytest.mark.parametrize(
    ("minutes", "english", "indonesian"),
    [
        (0, "1 minute", "1 menit"),
        (5, "5 minutes", "5 menit"),
        (-5, "5 minutes", "5 menit"),
        (200, "3 hours 20 minutes", "3 jam 20 menit"),
        (120, "2 hours", "2 jam"),
        (14400, "10 days", "10 hari"),
        (1445, "1 day", "1 hari"),
        (1500, "1 day 1 hour", "1 hari 1 jam"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(minutes: int, english: str, indonesian: str) -> None:
    assert filters.duration(timedelta(minutes=minutes), LABELS["en"]) == english
    assert filters.duration(timedelta(minutes=minutes), LABELS["id"]) == indonesian


def test_both_languages_know_the_same_words() -> None:
    known = [{(kind, word) for kind, words in labels.words.items() for word in words} for labels in LABELS.values()]
    assert known[0] == known[1]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("a\r\nb\rc\n\n \n\nd", '<p dir="auto">a<br>\nb<br>\nc</p>\n<p dir="auto">d</p>\n'),
        ("", ""),
        ("1 < 2 & \"x\" 'y'", '<p dir="auto">1 &lt; 2 &amp; &quot;x&quot; &#x27;y&#x27;</p>\n'),
        ("a\n  b\tc\n\td", '<p dir="auto">a<br>\n\xa0\xa0b\tc<br>\n\xa0\xa0\xa0\xa0d</p>\n'),
        ("#close", '<p dir="auto">· #close</p>\n'),
        ("#1042 is done", '<p dir="auto">#1042 is done</p>\n'),
    ],
)
def test_foreign_text_becomes_paragraphs(text: str, want: str) -> None:
    assert filters.quote_text(text) == want


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://example.com/a?b=c&d=e.", "https://example.com/a?b=c&amp;d=e"),
        ("(HTTP://Example.com:8080/x)", "HTTP://Example.com:8080/x"),
        ("https://bank.example@evil.example/", None),
        ("https://bank.example:x@evil.example/", None),
        ("https://bank.example\\@evil.example/", None),
        ("https://b\u0430nk.example/", None),
        ("https://bank.example/\u202egnp", None),
        ("https://-x.example/", None),
        ("https://example.com/" + "x" * 3000, None),
        ("javascript:alert(1) file:///etc/passwd data:text/html,x cid:1", None),
        ('https://example.com/"onclick="x', "https://example.com/"),
    ],
)
def test_only_an_honest_web_address_becomes_a_link_to_what_it_shows(text: str, link: str | None) -> None:
    page = filters.quote_text(text)
    assert re.findall(r'<a href="([^"]*)">', page) == ([link] if link else [])
    if link:
        assert f'<a href="{link}">{link}</a>' in page


def test_hostile_text_of_a_megabyte_costs_no_more_than_its_length() -> None:
    for text in (
        "\n \t" * 300_000,
        "https://" * 120_000,
        "https://a." + "a-" * 500_000,
        "<" * 1_000_000,
        "#a\n" * 99_999,
    ):
        assert filters.quote_text(text) is not None
        assert filters.quoted(text)
        assert len(filters.one_line(text)) <= 200


@pytest.mark.parametrize(("notice", "language"), CASES)
def test_the_number_of_a_ticket_is_never_broken_at_the_end_of_a_line(notice: str, language: str) -> None:
    page = RENDERER.render(notice, language, sample(notice, language)).html.partition("</head>")[2]
    body = page.partition("<h1")[2]
    assert body.count(">HD-1042</span>") == body.count("HD-1042") - body.count("[HD-1042]")
    assert body.count('class="number" style="white-space: nowrap;"') == body.count("</span>") + body.count(
        '<b class="number"'
    )


def test_a_template_is_compiled_once_for_all_renderers_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "en" / "survey.subject.j2"
    own.parent.mkdir()
    own.write_text("{{ ticket.tag }} first")
    compiled: list[object] = []
    compile_ = ImmutableSandboxedEnvironment.compile

    def noting(self: ImmutableSandboxedEnvironment, source: str, name: str | None = None, *more: Any, **kw: Any) -> Any:
        compiled.append(name)
        return compile_(self, source, name, *more, **kw)

    monkeypatch.setattr(ImmutableSandboxedEnvironment, "compile", noting)
    first = Renderer(tmp_path, "en").render("survey", "en", sample("survey", "en")).subject
    compiled.clear()
    assert Renderer(tmp_path, "en").render("survey", "en", sample("survey", "en")).subject == first
    assert compiled == []

    own.write_text("{{ ticket.tag }} second")
    changed = Renderer(tmp_path, "en").render("survey", "en", sample("survey", "en")).subject

    assert compiled == ["en/survey.subject.j2"]
    assert changed == first.replace("first", "second")
