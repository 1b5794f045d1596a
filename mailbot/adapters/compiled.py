"""Templates that were compiled, for all who render in this process."""

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class _Compiled(BytecodeCache):
    """What templates were compiled to, in the memory of this process: after a reload only changed ones are compiled.

    Jinja compares the digest of the source before it uses any of it.
    """

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives the code of a template, if it is known."""
        code = self._codes.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps the code of a template."""
        self._codes[bucket.key] = bucket.bytecode_to_string()


COMPILED = _Compiled()
"""The templates of this process, whichever configuration they belong to."""
