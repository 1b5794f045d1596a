"""Messages that are built to crash, hang or bloat whoever reads them."""

from fuzz.bombs import containers, encodings, headers, markup, sizes, structure, texts
from fuzz.bombs.table import BOMBS, build

__all__ = ["BOMBS", "build", "containers", "encodings", "headers", "markup", "sizes", "structure", "texts"]
