"""The limits of a spec's text."""

from __future__ import annotations

from twipc.limit import Limit

from .parse import MOST_BYTES, MOST_DEPTH

_BOUNDED = "our own: reading ends soon, whatever the file (tests/cli/test_hostile_specs.py)"
FILE = Limit(what="a spec's file", unit="bytes", most=MOST_BYTES, source=_BOUNDED)
DEPTH = Limit(what="mappings and lists in each other", unit="levels", most=MOST_DEPTH, source=_BOUNDED)

LIMITS = (FILE, DEPTH)
