"""The rules of the house: what the layers, names and documents of this tree promise, checked without running it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from keyword import iskeyword
from pathlib import Path

import pytest
from readme import BLOCK, Block, blocks, problems_of

from mailbot.core.commands import COMMANDS, table_markdown
from mailbot.core.notices import NOTICES
from mailbot.log import MAIL_FIELDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mailbot"
TESTS = ROOT / "tests"
HARD_LIMIT = 400  # Lines of one module.

OWNERS: Mapping[str, set[str]] = {
    # Who may import a library of the edge; "adapters" stands for every module below it. The contracts of import-linter
    # say the same of some; here it is said of all, and of imports within functions too.
    "imapclient": {"adapters.imap"},
    "imaplib": {"adapters.imap", "adapters.imap_link"},
    "aiosmtplib": {"adapters.smtp"},
    "asyncio": {"adapters.smtp", "demo.world"},
    "smtplib": {"demo.people"},
    "apscheduler": {"daemon"},
    "jinja2": {"adapters.render", "adapters.filters", "adapters.compiled"},
    "mailparser": {"core.mail"},
    "alembic": {"adapters.schema", "migrations"},
    "psycopg": {"adapters"},
    "dkim": {"adapters.signed"},
    "dns": {"adapters.signed"},
    "sqlite3": {"adapters"},
    # Queries live in the adapters, but for those that only one command of an operator asks.
    "sqlalchemy": {"adapters", "migrations", "retention", "cli.inspect", "cli.tools", "demo.stage"},
    "sqlmodel": {"adapters", "migrations", "retention", "cli.inspect", "cli.tools", "demo.stage"},
    "aiosmtpd": {"demo.world"},
    "pymap": {"demo.world"},
    "proxyprotocol": {"demo.world"},
    "click": {"cli", "demo.show", "demo.stage"},
}
SESSION_ONLY = {"sqlmodel": {"Session"}}  # What anyone may import: the type of the unit of work that is handed around.


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "__pycache__" not in path.parts]


MODULES = sources("mailbot")
CORE = sources("mailbot/core")


def per_module(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[str(path.relative_to(ROOT)) for path in paths])


def imports(path: Path) -> Iterator[tuple[str, str, int]]:
    """Top-level package, imported name ("" for the package itself), line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.partition(".")[0], "", node.lineno
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield str(node.module).partition(".")[0], alias.name, node.lineno


def is_within(name: str, owners: set[str]) -> bool:
    return any(name == owner or name.startswith(f"{owner}.") for owner in owners)


@per_module(MODULES)
def test_each_library_of_the_edge_is_named_in_its_place_only(path: Path) -> None:
    strangers = [
        f"line {line}: {library}"
        for library, name, line in imports(path)
        if library in OWNERS
        and not is_within(module_name(path), OWNERS[library])
        and name not in SESSION_ONLY.get(library, set())
    ]
    assert strangers == []


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


_IMPURE_CALLS = {"now", "utcnow", "today", "monotonic", "perf_counter", "read_text", "read_bytes", "write_text"}
_LOGGING = {"debug", "info", "warning", "error", "exception", "critical"}


@per_module(CORE)
def test_the_core_reads_no_clock_opens_no_file_and_writes_no_log(path: Path) -> None:
    found = []
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"}:
            found.append(f"line {node.lineno}: {node.func.id}()")
        if isinstance(node.func, ast.Attribute) and node.func.attr in _IMPURE_CALLS | _LOGGING:
            found.append(f"line {node.lineno}: .{node.func.attr}()")
    assert found == []


@per_module(MODULES)
def test_no_module_is_longer_than_a_person_reads(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= HARD_LIMIT


_LATER = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")  # Not within this folder: here they must be named.


@per_module([path for path in sources("mailbot", "tests", "bench") if path != Path(__file__)])
def test_nothing_is_left_for_later(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if _LATER.search(line)] == []


def is_group(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is a group of commands: its decorator does the work, its docstring is the help."""
    return any(ast.unparse(decorator).partition("(")[0].endswith(".group") for decorator in node.decorator_list)


def protocol_methods(path: Path) -> set[ast.stmt]:
    """The methods that only say what others must have."""
    classes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    return {
        part for node in classes if any(ast.unparse(base) == "Protocol" for base in node.bases) for part in node.body
    }


def is_empty(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function does nothing, a docstring aside."""
    kept = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    return all(isinstance(node, ast.Pass) for node in kept) and not is_group(function)


@per_module(MODULES)
def test_no_body_is_empty(path: Path) -> None:
    empty = []
    allowed = protocol_methods(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_empty(node) and node not in allowed:
            empty.append(f"line {node.lineno}: {node.name}")
        # Doing nothing may be right; a comment beside it says why.
        if isinstance(node, ast.Pass) and "#" not in lines[node.lineno - 1]:
            empty.append(f"line {node.lineno}: pass")
    assert empty == []


_NOQA = re.compile(r"#\s*noqa\b(?!: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)* - \S)", re.IGNORECASE)


@per_module([path for path in sources("mailbot", "tests", "bench") if path != Path(__file__)])
def test_every_exemption_from_a_rule_names_the_rule_and_its_reason(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if _NOQA.search(line) or "ruff: noqa" in line] == []


def test_every_rule_that_the_whole_tree_ignores_has_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.mccabe]")]
    lines = [line for line in section.splitlines() if re.match(r'\s+"|"', line) or line.startswith("ignore")]
    assert len(lines) > 20
    assert [line for line in lines if "#" not in line and not line.endswith("= [")] == []


def mail_log_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "mail_log":
            yield node


@per_module([path for path in MODULES if any(mail_log_calls(path))])
def test_the_log_of_mails_gets_known_fields_only(path: Path) -> None:
    fields = {str(keyword.arg) for call in mail_log_calls(path) for keyword in call.keywords}
    assert fields - MAIL_FIELDS == set()


def test_the_changelog_tells_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def languages() -> list[str]:
    found = sorted(path.name for path in (ROOT / "templates").iterdir() if path.is_dir() and path.name != "shared")
    assert {"en", "id"} <= set(found)
    return found


@pytest.mark.parametrize("language", languages())
def test_every_notice_speaks_every_language(language: str) -> None:
    wanted = {f"{name}.{part}.j2" for name in NOTICES for part in ("subject", "txt", "html")}
    found = {path.name for path in (ROOT / "templates" / language).glob("*.j2")}
    assert wanted - found == set()
    assert found - wanted == set(), "a template that no notice uses"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_module_and_is_tried_in_the_tests_of_the_commands(name: str) -> None:
    assert (PACKAGE / "core" / "commands" / f"{name}{'_' * iskeyword(name)}.py").is_file()
    tried = [path.read_text(encoding="utf-8") for path in (TESTS / "core" / "commands").glob("test_*.py")]
    assert any(f"#{name}" in text for text in tried)


def test_the_table_of_commands_in_the_readme_is_the_generated_one() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    begin, end = "<!-- commands: begin -->", "<!-- commands: end -->"
    assert (text.count(begin), text.count(end)) == (1, 1)
    table = text.partition(begin)[2].partition(end)[0]
    assert table.strip() == table_markdown().strip(), "make docs writes it anew"


MARKED = list(blocks(ROOT / "README.md", ROOT / "ARCHITECTURE.md"))


@pytest.mark.parametrize("block", MARKED, ids=[f"{block.file}:{block.line}" for block in MARKED])
def test_what_the_documents_show_works(block: Block, tmp_path: Path) -> None:
    assert problems_of(block, tmp_path) == ""


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("toml test", '[helpdesk]\nadress = "x@example.org"\n', "adress"),
        ("toml test", "not toml", "not toml"),
        ("toml test-rules", '[[rules]]\nid = "x"\nurgncy = "high"\n', "urgncy"),
        ("sh test", "mailbot no-such-command", "no-such-command"),
        ("sh test", "false\ntrue", "exit code 1"),
        ("json test", "{}", "json test"),
    ],
)
def test_a_broken_example_in_a_document_would_be_noticed(kind: str, text: str, expected: str, tmp_path: Path) -> None:
    assert expected in problems_of(Block("README.md", 1, kind, text), tmp_path)


def test_marked_blocks_are_found_and_others_are_not() -> None:
    text = "x\n```sh test\nmailbot --version\n```\n```sh\nrm -rf /\n```\n```toml\na = 1\n```\n"
    assert [(match["kind"], match["text"]) for match in BLOCK.finditer(text)] == [("sh test", "mailbot --version\n")]


def test_every_test_has_a_name_that_is_a_sentence() -> None:
    short = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sources("tests")
        if path.name.startswith("test_")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 3
    ]
    assert short == []


def test_no_test_is_skipped() -> None:
    words = ("pytest.skip", "mark.skip", "importorskip", "mark.xfail", "pytest.xfail")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sources("tests")
        if path != Path(__file__)
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


_LOCK_LINE = re.compile(r"[a-z0-9][a-z0-9._-]*==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    #.*|")


@pytest.mark.parametrize("name", ["runtime.txt", "demo.txt", "dev.txt"])
def test_the_locks_pin_every_file_and_name_no_registry(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not _LOCK_LINE.fullmatch(line) or "://" in line] == []
    pins = {line.partition(" ")[0] for line in lines if "==" in line}
    dev = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    assert [pin for pin in pins if f"{pin} \\" not in dev] == []


def requirement_names(entries: list[str]) -> set[str]:
    names = {re.split(r"[\[<>=;~! ]", entry)[0] for entry in entries}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("runtime.txt", ["postgres"]), ("demo.txt", ["demo", "build"]), ("dev.txt", ["postgres", "demo", "build", "dev"])],
)
def test_the_locks_know_every_dependency_of_the_project(lock: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(entry for extra in extras for entry in project["optional-dependencies"][extra]),
    ]
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    pinned = requirement_names([line for line in text.splitlines() if "==" in line])
    assert requirement_names(wanted) - pinned == set(), "run: make lock"


CI_SCRIPTS = sorted(path for path in (ROOT / ".ci").iterdir() if path.is_file())


@pytest.mark.parametrize("path", CI_SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_of_the_build_are_whole_and_may_be_run(path: Path) -> None:
    assert path.stat().st_mode & 0o111
    done = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    pass", True),
        ("def f():\n    '''Says.'''", True),
        ("def f():\n    ...", True),
        ("def f():\n    return", False),
        ("def f():\n    '''Says.'''\n    g()", False),
    ],
)
def test_an_empty_body_is_recognised(source: str, expected: bool) -> None:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert is_empty(function) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1  # noqa", True),
        ("x = 1  # noqa: S105", True),
        ("x = 1  # NOQA:S105 - why", True),
        ("x = 1  # noqa: S105 - the password of a mailbox on loopback.", False),
        ("x = 1  # noqa: PLC0415, S105 - two rules, one reason.", False),
    ],
)
def test_an_exemption_without_a_reason_is_recognised(line: str, expected: bool) -> None:
    assert bool(_NOQA.search(line)) is expected
