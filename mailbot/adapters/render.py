"""Turning a notice and its values into subject, text and HTML: the one place that knows Jinja and css-inline.

Templates come from operators only; what strangers wrote enters as values and is never read as a template.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from types import TracebackType
from typing import Any

from css_inline import CSSInliner, InlineError
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailbot.adapters import filters
from mailbot.adapters.compiled import COMPILED
from mailbot.adapters.filters import Labels
from mailbot.adapters.samples import samples
from mailbot.core.language import Words, words_of
from mailbot.core.notices import NOTICES
from mailbot.errors import ConfigError

PARTS = ("subject", "txt", "html")
_LAST_RESORT = "en"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LABELS = "labels.toml"
_SUBJECT_LENGTH = 250
_BLANK_LINES = re.compile(r"\n{3,}")
_MISTAKES = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
"""What a template can fail with: Jinja's own errors, and those of an expression on a value of the wrong kind."""

_KINDS = ("status", "priority", "impact", "urgency", "category", "notice", "target", "event", "disposition")
"""The kinds of value for which a language has words: its tables in `labels.toml`."""
_WITHHELD_FILTERS = ("attr", "format", "pprint", "random", "xmlattr")
_WITHHELD_GLOBALS = ("range", "lipsum", "cycler", "joiner")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice in words. `language` is the one that it really is in, after falling back."""

    subject: str
    text: str
    html: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a template, and where; line 0 stands for the whole file."""

    template: str
    line: int
    what: str

    def __str__(self) -> str:
        """The problem as one line for the operator."""
        place = f"{self.template}, line {self.line}" if self.line else self.template
        return f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Set:
    """The three templates of a notice in one language."""

    language: str
    parts: tuple[Template, Template, Template]


class Renderer:
    """The templates of the helpdesk: those shipped with mailbot, and the operator's own in front of them.

    A file in the operator's directory replaces the one of the same name; it may extend the one that it replaces under
    the name "builtin/<language>/<file>".
    """

    def __init__(self, templates_dir: Path | None, default_language: str) -> None:
        self._own = templates_dir
        self._builtin = builtin_directory()
        self._default = default_language
        self._sets: dict[tuple[str, str], _Set] = {}
        self._labels: dict[str, Labels] = {}
        self._telling: dict[str, Mapping[str, int]] | None = None
        shipped = FileSystemLoader(self._builtin)
        loaders: list[BaseLoader] = [FileSystemLoader(templates_dir)] if templates_dir else []
        loaders += [shipped, PrefixLoader({"builtin": shipped})]
        self._environment = environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader(loaders),
            undefined=StrictUndefined,
            # The last part of the name decides: ".html" alone would not match ".html.j2".
            autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
            auto_reload=False,
            bytecode_cache=COMPILED,
        )
        for name in _WITHHELD_FILTERS:
            del environment.filters[name]
        for name in _WITHHELD_GLOBALS:
            del environment.globals[name]
        environment.filters.update(self._filters())

    def render(self, notice: str, language: str, context: Mapping[str, object]) -> Rendered:
        """Renders a notice.

        Args:
            notice: A name of `mailbot.core.notices.NOTICES`.
            language: The language wished for; without templates in it the helpdesk's language is taken, then English.
            context: The values of the templates; texts in it may come from anybody.

        Raises:
            ConfigError: A template is missing, not well formed, or uses a value that does not exist.
        """
        chosen = self._set(notice, language)
        values = {**context, "language": chosen.language}
        subject, text, html = (_run(template, values) for template in chosen.parts)
        text = _BLANK_LINES.sub("\n\n", filters.plain(text)).strip("\n")
        return Rendered(
            subject=filters.one_line(subject, _SUBJECT_LENGTH),
            text=filters.safe_lines(text) + "\n",
            html=_inline(filters.plain(html), chosen.parts[2]),
            language=chosen.language,
        )

    def word(self, language: str, kind: str, value: str) -> str:
        """The label of a value, as the filters of templates give it."""
        return filters.label(self._labels_of(language), kind, value)

    def languages(self) -> list[str]:
        """The languages in which there is at least one template, sorted."""
        folders = {path.parent.name for root in self._roots() for path in root.glob("*/*.j2")}
        return sorted(name for name in folders if _LANGUAGE.fullmatch(name) and name != "shared")

    def labels(self) -> dict[str, list[tuple[str, str]]]:
        """By kind of value, what mails in any language call it: each word, with the value in lower case.

        A language of which the words cannot be used is left out: `check` says what is wrong with it.
        """
        found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in _KINDS}
        for language in self.languages():
            with suppress(ConfigError):
                words = self._labels_of(language).words
                for kind, pairs in found.items():
                    pairs.extend((label, value.lower()) for value, label in words.get(kind, {}).items())
        return found

    def telling(self) -> Words:
        """The words by which a mail is known to be in a language of the operator's: "words" of [detect] in its labels.

        A language of which the labels cannot be used is left out, as in `labels`.
        """
        if self._telling is None:
            self._telling = {}
            for language in self.languages():
                with suppress(ConfigError):
                    for labels in self._own_labels(language):
                        if listed := labels.words.get("detect", {}).get("words", ""):
                            self._telling[language] = words_of(listed)
        return self._telling

    def missing(self, language: str) -> list[str]:
        """The templates that a language lacks; notices that it lacks go out in the helpdesk's language."""
        wanted = [f"{name}.{part}.j2" for name in NOTICES for part in PARTS]
        return [name for name in wanted if not self._exists(f"{language}/{name}")]

    def unsaid(self, language: str) -> list[str]:
        """The words that a language lacks in its `labels.toml`, as "kind.name"; they come in the helpdesk's language.

        Raises:
            ConfigError: The file cannot be used.
        """
        said = {
            (kind, name)
            for labels in self._own_labels(language)
            for kind, words in labels.words.items()
            for name in words
        }
        wanted = filters.load_labels(self._builtin / _LAST_RESORT / _LABELS).words
        return [f"{kind}.{name}" for kind, words in wanted.items() for name in words if (kind, name) not in said]

    def _own_labels(self, language: str) -> list[Labels]:
        """What the files of a language alone say."""
        return [filters.load_labels(path) for root in self._roots() if (path := root / language / _LABELS).is_file()]

    def check(self) -> list[Problem]:
        """Renders every notice in every language with sample values, and gives everything that is wrong."""
        return list(dict.fromkeys(self._problems()))

    def require_good(self) -> None:
        """Raises an error that names everything that is wrong with the templates.

        Raises:
            ConfigError: `check` found a problem.
        """
        problems = self.check()
        if problems:
            raise ConfigError("\n".join(str(problem) for problem in problems))

    def _problems(self) -> Iterator[Problem]:
        yield from self._misnamed()
        for language in self.languages():
            missing = set(self.missing(language))
            for notice in NOTICES:
                files = [f"{notice}.{part}.j2" for part in PARTS]
                absent = [name for name in files if name in missing]
                if len(absent) == len(files):
                    continue
                for name in absent:
                    yield Problem(f"{language}/{name}", 0, "it is missing, and the other two parts are of no use alone")
                if not absent:
                    yield from self._failures(notice, language)

    def _failures(self, notice: str, language: str) -> Iterator[Problem]:
        for context in samples(notice, language):
            try:
                self.render(notice, language, context)
            except _TemplateProblemError as error:
                yield error.problem
            except ConfigError as error:
                yield Problem(f"{language}/{_LABELS}", 0, str(error))

    def _misnamed(self) -> Iterator[Problem]:
        """Templates of the operator that belong to no notice, so that a typing error does not stay unnoticed."""
        if self._own is None:
            return
        known = {f"{notice}.{part}.j2" for notice in NOTICES for part in PARTS}
        used = {path.name for path in self._builtin.glob("*/*.j2")} | known
        for path in sorted(self._own.glob("*/*.j2")):
            notice_like = path.name.endswith((".subject.j2", ".txt.j2", ".html.j2")) and path.parent.name != "shared"
            if notice_like and path.name not in used and not path.name.startswith("_"):
                near = difflib.get_close_matches(path.name, known, 1)
                advice = f"did you mean {near[0]}?" if near else "a name that begins with _ marks a part of others"
                yield Problem(str(path), 0, f"no notice has a template of this name; {advice}")

    def _roots(self) -> list[Path]:
        return [self._own, self._builtin] if self._own else [self._builtin]

    def _exists(self, name: str) -> bool:
        return any((root / name).is_file() for root in self._roots())

    def _set(self, notice: str, language: str) -> _Set:
        found = self._sets.get((notice, language))
        if found is None:
            found = self._sets[notice, language] = self._find(notice, language)
        return found

    def _find(self, notice: str, language: str) -> _Set:
        for wished in (language, self._default, _LAST_RESORT):
            names = [f"{wished}/{notice}.{part}.j2" for part in PARTS]
            if _LANGUAGE.fullmatch(wished) and all(self._exists(name) for name in names):
                first, second, third = (self._load(name) for name in names)
                return _Set(wished, (first, second, third))
        raise ConfigError(
            f"there are no templates for the notice {notice!r} in {language!r}, {self._default!r} or {_LAST_RESORT!r}: "
            f"install mailbot again, or put {notice}.subject.j2, .txt.j2 and .html.j2 into templates_dir"
        )

    def _load(self, name: str) -> Template:
        try:
            return self._environment.get_template(name)
        except (TemplateError, UnicodeDecodeError) as error:
            raise _TemplateProblemError(_locate(error, name)) from error

    def _labels_of(self, language: str) -> Labels:
        found = self._labels.get(language)
        if found is None:
            languages = dict.fromkeys((language, self._default, _LAST_RESORT))
            places = [root / name / _LABELS for name in languages for root in self._roots()]
            there = [filters.load_labels(place) for place in places if place.is_file()]
            if not there:
                raise ConfigError(f"{places[-1]} is missing: the installation is incomplete; install mailbot again")
            found = self._labels[language] = reduce(filters.with_fallback, there)
        return found

    def _filters(self) -> dict[str, Any]:
        """The filters of templates; those that speak take language and time zone from the values of the mail."""

        def labels(context: Context) -> Labels:
            return self._labels_of(context["language"])

        def labelled(kind: str) -> Any:
            return pass_context(lambda context, value: filters.label(labels(context), kind, value))

        return {
            **{f"{kind}_name": labelled(kind) for kind in _KINDS},
            "word": pass_context(lambda context, name, **values: filters.phrase(labels(context), name, **values)),
            "when": pass_context(lambda context, value: filters.when(value, context["zone"], labels(context))),
            "day": pass_context(lambda context, value: filters.day(value, labels(context))),
            "number": pass_context(lambda context, value: filters.number(value, labels(context))),
            "duration": pass_context(lambda context, value: filters.duration(value, labels(context))),
            "one_line": lambda value, *longest: filters.safe_lines(filters.one_line(value, *longest)),
            "list_item": filters.list_item,
            "quoted": filters.quoted,
            # The text is escaped in there, piece by piece.
            "quote_text": lambda text: Markup(filters.quote_text(text)),  # noqa: S704 - see the line above.
        }


class _TemplateProblemError(ConfigError):
    """A template that fails, with the place where it does."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem}; correct the template, then run `mailbot check`")
        self.problem = problem


def _run(template: Template, values: Mapping[str, object]) -> str:
    try:
        return template.render(values)
    except ConfigError:
        raise  # The labels of the language, named with their file.
    except _MISTAKES as error:
        raise _TemplateProblemError(_locate(error, template.filename or template.name or "")) from error


def _locate(error: BaseException, template: str) -> Problem:
    """Where in the templates an error comes from."""
    if isinstance(error, TemplateSyntaxError):
        return Problem(error.filename or error.name or template, error.lineno, error.message or "it is not well formed")
    if isinstance(error, TemplateNotFound):
        return Problem(template, 0, f"it uses a template {error.name!r} that does not exist")
    place, line = template, 0
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            place, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return Problem(place, line, f"{error}" if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}")


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def _inline(html: str, template: Template) -> str:
    """Puts the style sheet into the elements, as mail programs want it; only @media rules stay in the head."""
    try:
        return _inliner().inline(html)
    except InlineError as error:
        what = f"its style sheet cannot be used: {error}"
        raise _TemplateProblemError(Problem(template.filename or template.name or "", 0, what)) from error


def builtin_directory() -> Path:
    """The directory of the shipped templates: inside the installed package, or next to it in a source tree.

    Raises:
        ConfigError: The installation is incomplete.
    """
    package = Path(__file__).resolve().parent.parent
    for place in (package / "templates", package.parent / "templates"):
        if place.is_dir():
            return place
    raise ConfigError(
        f"the templates of mailbot are not in {package}: the installation is incomplete; install it again"
    )
