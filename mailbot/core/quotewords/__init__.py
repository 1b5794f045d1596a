"""The words with which mail programs introduce quoted mail, language by language.

A field holds alternatives, parted by "|". The words are those of Gmail, Outlook, Apple Mail, Thunderbird, Yahoo, Lotus
Notes and the phones; `quotemarks` knows where in a line they must stand.
"""

from mailbot.core.quotewords.east import EAST
from mailbot.core.quotewords.west import WEST
from mailbot.core.quotewords.words import Words
from mailbot.core.quotewords.world import WORLD

__all__ = ["LANGUAGES", "Words"]

LANGUAGES = {**WEST, **EAST, **WORLD}
