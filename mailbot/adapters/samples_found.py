"""Sample values of the notices about what was found: tickets and articles."""

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 8, 4, 3, 30, tzinfo=UTC)
"""The time at which samples happen: half past ten on a Tuesday in Jakarta."""
_TO, _SUBJECT = "helpdesk@example.com", "%5BHD%201042%5D"
LINK = f"mailto:{_TO}?subject={_SUBJECT}"
VARIANTS: dict[str, dict[str, Any]] = {
    "found": {"total": 0, "left_out": 0, "every": False, "rows": []},
    "article": {
        "status": "published",
        "published_at": NOW,
        "own_words": False,
        **dict.fromkeys(("symptoms", "diagnosis", "prevention"), ""),
    },
    "kb_answer": dict.fromkeys(("symptoms", "diagnosis", "prevention"), ""),
}
"""The same with everything empty that may be empty."""


def particulars(words: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the notices say, by their names."""
    article = {
        "title": words["subject"],
        "symptoms": words["request"],
        "diagnosis": "",
        "resolution": words["answer"],
        "prevention": words["prevention"],
        "author": "Budi Santoso",
    }
    return {
        "found": _found("tickets", words, [_ticket(words), {**_ticket(words), "status": "open", **_OPEN}]),
        "article": {
            **article,
            "article": "KB-12",
            "article_number": 12,
            "status": "draft",
            "updated_at": NOW - timedelta(days=1),
            "published_at": None,
            "own_words": True,
        },
        "kb_answer": article,
    }


def articles(words: dict[str, Any]) -> dict[str, Any]:
    """What is said where articles are found, some of them only with one of the words."""
    taps = [_tap("read", "#kb show 12"), _tap("send", "#kb 12")]
    row = {**_ticket(words), "tag": "KB-12", "status": "published", "taps": taps, "link": taps[0]["link"]}
    return {**_found("articles", words, [row, {**row, "status": "draft"}]), "every": False, "at_most": True}


def _found(what: str, words: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "what": what,
        "words": words["subject"].split()[0],
        "total": 23,
        "at_most": False,
        "left_out": 21,
        "every": True,
        "rows": rows,
    }


def _tap(verb: str, command: str) -> dict[str, str]:
    link = f"{LINK}&body={command.replace('#', '%23').replace(' ', '%20')}%0D%0A"
    return {"verb": verb, "to": _TO, "subject": "[HD 1042]", "body": f"{command}\r\n", "link": link}


_OPEN: dict[str, Any] = {
    "solver": "",
    "solution": "",
    "snippet": "",
    "taps": [_tap("show", "#show"), _tap("take", "#take"), _tap("close", "#close")],
}


def _ticket(words: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": 1042,
        "tag": "[HD-1042]",
        "subject": words["subject"],
        "status": "closed",
        "requester": "Rita Rahayu",
        "solver": "Budi Santoso",
        "solution": words["prevention"],
        "snippet": words["request"].splitlines()[0],
        "taps": [_tap("show", "#show"), _tap("reopen", "#reopen")],
        "link": LINK,
    }
