"""The code blocks of the documents that are marked as tested: found, and tried out.

```toml test          a whole configuration: it must load
```toml test-rules    rules: a configuration with them must load
```sh test            commands: each must end well, with a configuration in place
"""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailbot.config import load
from mailbot.errors import MailbotError

BLOCK = re.compile(r"(?ms)^```(?P<kind>(?:toml|sh|json) test\S*)\n(?P<text>.*?)^```$")

_BASE = """\
[helpdesk]
address = "support@example.org"
state_dir = "{folder}"

[security]
secret_key_file = "{folder}/secret.key"

[smtp]
host = "smtp.example.org"

[[mailboxes]]
name = "support"
host = "imap.example.org"
username = "support@example.org"
password_file = "{folder}/password"

[[teams]]
name = "support"

[[technicians]]
email = "tom@example.org"
name = "Tom"
teams = ["support"]
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A marked block of a document."""

    file: str
    line: int
    kind: str
    text: str


def blocks(*documents: Path) -> Iterator[Block]:
    """The marked blocks of documents; one that is not there has none."""
    for document in documents:
        text = document.read_text(encoding="utf-8") if document.exists() else ""
        for match in BLOCK.finditer(text):
            yield Block(document.name, text.count("\n", 0, match.start()) + 1, match["kind"], match["text"])


def problems_of(block: Block, folder: Path) -> str:
    """What is wrong with a block, "" if nothing is."""
    base = _in_folder(_BASE.replace("{folder}", "/etc/mailbot"), folder)
    if block.kind == "toml test":
        return _load(_in_folder(block.text, folder), folder)
    if block.kind == "toml test-rules":
        return _load(f"{base}\n{block.text}", folder)
    if block.kind == "sh test":
        return _load(base, folder) or _run(block.text, folder)
    return f"nobody knows how to try out a block marked {block.kind!r}"


def _in_folder(text: str, folder: Path) -> str:
    """A configuration whose paths of the system lead into a folder, with the files that it names made there."""
    moved = re.sub(r"/(?:etc|var/lib)/mailbot\b", str(folder), text)
    for name in re.findall(r'(?m)^\w+_file = "(.+)"$', moved):
        file = Path(name)
        file.write_text("0123456789abcdef" * 4, encoding="utf-8")
        file.chmod(0o600)
    return moved


def _load(text: str, folder: Path) -> str:
    config = folder / "config.toml"
    config.write_text(text, encoding="utf-8")
    try:
        tomllib.loads(text)
        load(config, {})
    except (MailbotError, tomllib.TOMLDecodeError) as error:
        return f"{error}\n{text}"
    return ""


def _run(script: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "MAILBOT_CONFIG": str(folder / "config.toml")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return "" if done.returncode == 0 else f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
