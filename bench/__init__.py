"""Measurements. They print figures and assert none: figures depend on the machine, promises are kept by the tests."""

import sys
from pathlib import Path

TESTS = str(Path(__file__).parents[1] / "tests")
if TESTS not in sys.path:  # The servers are those of the tests.
    sys.path.insert(0, TESTS)
