"""How long to wait before a server that failed is tried again."""

import random

_MOST_DOUBLINGS = 30  # Keeps the power small; the cap has long been reached by then.


class Backoff:
    """A waiting time that doubles with each failure, with jitter so that many clients do not return as one.

    Args:
        base: The first waiting time in seconds, before jitter.
        cap: The longest waiting time in seconds.
        rng: The source of the jitter; a test passes a seeded one.
    """

    def __init__(self, base: float = 5.0, cap: float = 300.0, rng: random.Random | None = None) -> None:
        self._base = base
        self._cap = cap
        self._rng = rng or random.Random()  # noqa: S311 - jitter is no secret.
        self._failures = 0

    def next(self) -> float:
        """The seconds to wait now, from half the current step to the whole of it; the next step is twice as long."""
        step = min(self._cap, self._base * 2.0 ** min(self._failures, _MOST_DOUBLINGS))
        self._failures += 1
        return self._rng.uniform(step / 2, step)

    def reset(self) -> None:
        """Starts over: something worked."""
        self._failures = 0
