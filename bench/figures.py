"""What the measurements share: processes and their costs, medians, configurations, tables."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

TECHNICIANS = tuple(
    f"""
[[technicians]]
email = "{name.lower()}@example.com"
name = "{name}"
teams = ["support"]
"""
    for name in ("Tom", "Tess", "Tara", "Theo")
)
"""Four technicians, to be added to a configuration."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used so far.

    Attributes:
        cpu: Seconds of processor time, user and system.
        peak: The most memory that it ever had resident, in MiB (VmHWM).
    """

    cpu: float
    peak: float


def usage(pid: int) -> Usage:
    """Asks the kernel about a living process."""
    times = psutil.Process(pid).cpu_times()
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return Usage(times.user + times.system, peak / 1024)


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


def spread(values: Sequence[float], digits: int = 1) -> str:
    """The median, with the smallest and the largest if there are several."""
    if len(values) == 1:
        return f"{values[0]:,.{digits}f}"
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f} - {max(values):,.{digits}f})"


def machine() -> dict[str, float]:
    """What else the machine is doing: figures of a busy machine are low."""
    return {"cores": os.cpu_count() or 0, "load": round(os.getloadavg()[0], 2)}
