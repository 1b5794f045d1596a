"""Where in a TOML text each table and key stands: tomllib tells values, but not their lines.

The scanner is run only on a text that tomllib has accepted, so it may trust the grammar and only has to find its way.
It is one pass over the text, linear in its length.
"""

import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""The keys that lead to a value; a number counts in an array, from 0."""

_CLOSERS = {"[": "]", "{": "}"}
_ENDS = frozenset("\r\n#,]}")


def key_lines(text: str) -> Mapping[Path, int]:
    """Find the line, counted from 1, of each table header and each key of a valid TOML text."""
    scanner = _Scanner(text)
    try:
        scanner.run()
    except (IndexError, ValueError):
        # Lines only help in messages: where the scanner loses its way, those that it found must do.
        return scanner.lines
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n") + "\n"
        self.at = 0
        self.line = 1
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}  # How many tables each array of tables has so far.

    def run(self) -> None:
        table: Path = ()
        while self._skip_blank():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._key_and_value(table)

    def _peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def _advance(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def _skip_blank(self) -> bool:
        """Skip spaces, line ends, commas and comments; say whether something follows."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#":
                self._advance(self.text.index("\n", self.at))
            elif char in " \t\r\n,":
                self._advance(self.at + 1)
            else:
                return True
        return False

    def _header(self) -> Path:
        brackets = 2 if self._peek(2) == "[[" else 1
        line = self.line
        self.at += brackets
        path = self._resolve(self._keys("]"), array=brackets == 2)
        self.at += brackets
        self._note(path, line)
        return path

    def _resolve(self, keys: list[str], *, array: bool) -> Path:
        path: Path = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            if array and number == len(keys) - 1:
                self._note(path, self.line)
                self.counts[path] = self.counts.get(path, 0) + 1
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def _note(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)

    def _keys(self, end: str) -> list[str]:
        """Read a dotted key up to `end`, which is left unread."""
        keys: list[str] = []
        while True:
            self._skip_spaces()
            char = self.text[self.at]
            if char == end:
                return keys
            if char == ".":
                self.at += 1
            elif char in "\"'":
                start = self.at
                self._string()
                keys.append(str(tomllib.loads("k=" + self.text[start : self.at])["k"]))
            else:
                start = self.at
                while self.text[self.at] not in f" \t.{end}":
                    self.at += 1
                keys.append(self.text[start : self.at])

    def _skip_spaces(self) -> None:
        while self.text[self.at] in " \t":
            self.at += 1

    def _key_and_value(self, table: Path) -> None:
        line = self.line
        keys = self._keys("=")
        self.at += 1
        path = table
        for key in keys:
            path = (*path, key)
            self._note(path, line)
        self._skip_spaces()
        self._value(path)

    def _value(self, path: Path) -> None:
        char = self.text[self.at]
        if char in "\"'":
            self._string()
        elif char in _CLOSERS:
            self.at += 1
            number = 0
            while self._skip_blank() and self.text[self.at] != _CLOSERS[char]:
                if char == "{":
                    self._key_and_value(path)
                else:
                    self._note((*path, number), self.line)
                    self._value((*path, number))
                    number += 1
            self.at += 1
        else:
            # Spaces do not end a bare value: a date may hold one, as in 2026-01-01 08:00:00.
            self.at += 1
            while self.text[self.at] not in _ENDS:
                self.at += 1

    def _string(self) -> None:
        quote = self._peek()
        triple = self._peek(3) == quote * 3
        closing = quote * 3 if triple else quote
        at = self.at + len(closing)
        while not self.text.startswith(closing, at):
            if at >= len(self.text):
                raise IndexError("a text has no end")
            at += 2 if quote == '"' and self.text[at] == "\\" else 1
        at += len(closing)
        while triple and self.text[at] == quote:
            at += 1  # Up to two quotes may stand right before the closing three.
        self._advance(at)
