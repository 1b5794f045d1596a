"""Names of folders on an IMAP server: the configuration says "Processed", the server may want "INBOX.Processed"."""

from dataclasses import dataclass
from typing import Any

_NOT_A_FOLDER = frozenset({b"\\noselect", b"\\nonexistent"})  # RFC 3501 s.7.2.2, RFC 5258 s.3.


@dataclass(frozen=True, slots=True)
class Folders:
    """How a server names personal folders (RFC 2342): a prefix before all names, and what separates levels."""

    prefix: str
    delimiter: str

    @classmethod
    def of(cls, client: Any) -> "Folders":
        """Asks the server, by NAMESPACE if it can, else by the empty LIST of RFC 3501 s.6.3.8."""
        if client.has_capability("NAMESPACE"):
            personal = client.namespace().personal
            if personal:
                prefix, delimiter = personal[0]
                return cls(prefix or "", delimiter or "")
        listed = client.list_folders("", "")
        delimiter = listed[0][1] if listed else None
        return cls("", delimiter.decode("ascii", "replace") if isinstance(delimiter, bytes) else "")

    def find(self, client: Any, name: str) -> str | None:
        """The server's name of a folder that exists; None if there is none."""
        for candidate in self.candidates(name):
            if candidate.upper() == "INBOX" or _exists(client, candidate):
                return candidate
        return None

    def candidates(self, name: str) -> list[str]:
        """What a configured name may be called on the server, the most literal first."""
        local = name
        if self.delimiter and self.delimiter != "/" and self.delimiter not in name:
            local = name.replace("/", self.delimiter)
        names = [name, local]
        if self.prefix and not local.upper().startswith(self.prefix.upper()):
            names.append(self.prefix + local)
        return list(dict.fromkeys(names))

    def require(self, client: Any, name: str) -> str:
        """The server's name of a folder, which is made and subscribed if it is missing.

        Raises:
            Exception: Whatever the library raises if the server refuses.
        """
        found = self.find(client, name)
        if found is not None:
            return found
        wanted = self.candidates(name)[-1]
        try:
            client.create_folder(wanted)
        except Exception:  # Another node may have made it just now; any other reason is raised again.
            if not _exists(client, wanted):
                raise
        else:
            client.subscribe_folder(wanted)
        return wanted

    def existing(self, client: Any) -> list[str]:
        """The names of all folders, sorted."""
        return sorted(name for flags, _delimiter, name in client.list_folders() if _is_real(flags))


def _exists(client: Any, name: str) -> bool:
    if "*" in name or "%" in name:  # Wildcards of LIST: compare the whole list instead.
        return any(found == name and _is_real(flags) for flags, _delimiter, found in client.list_folders())
    return any(found == name and _is_real(flags) for flags, _delimiter, found in client.list_folders("", name))


def _is_real(flags: tuple[bytes, ...]) -> bool:
    return not any(flag.lower() in _NOT_A_FOLDER for flag in flags)
