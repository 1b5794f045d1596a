"""Which time zone may have been meant by a name that is none."""

import difflib
import re
from collections.abc import Mapping
from zoneinfo import available_timezones

_LONGEST = 100
_ABBREVIATIONS: Mapping[str, str] = {
    "wib": "Asia/Jakarta",
    "wita": "Asia/Makassar",
    "wit": "Asia/Jayapura",
    "indonesia": "Asia/Jakarta",
    "bali": "Asia/Makassar",
    "denpasar": "Asia/Makassar",
    "surabaya": "Asia/Jakarta",
    "bandung": "Asia/Jakarta",
    "medan": "Asia/Jakarta",
    "sgt": "Asia/Singapore",
    "myt": "Asia/Kuala_Lumpur",
    "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
    "cest": "Europe/Berlin",
    "mez": "Europe/Berlin",
    "bst": "Europe/London",
    "edt": "America/New_York",
    "cdt": "America/Chicago",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "z": "UTC",
}
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])0?([0-9]{1,2})(?::?00)?")


def suggest_zone(name: str) -> str:
    """Says which time zone was probably meant, "" if none is near: for a slip, a city, an abbreviation or an offset."""
    wanted = "_".join(name[:_LONGEST].split()).casefold()
    offset = _OFFSET.fullmatch(wanted)
    if offset is not None and int(offset[2]) <= 12:
        # The names of these zones count westwards, as POSIX does.
        there = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"
        return f'; did you mean "{there}" (in these names the sign is the other way round), or better a city?'
    known = {zone.casefold(): zone for zone in sorted(available_timezones())}
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in known.values() if "/" in zone}
    found = _ABBREVIATIONS.get(wanted) or known.get(wanted) or cities.get(wanted)
    if found is None:
        near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.75)
        found = known[near[0]] if near else None
    if found is None:
        near = difflib.get_close_matches(wanted.rpartition("/")[2], cities, n=1, cutoff=0.75)
        found = cities[near[0]] if near else None
    return f'; did you mean "{found}"?' if found else ""
