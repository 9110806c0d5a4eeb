"""Figures on twipc and its peers; each command writes its page beside it."""

import sys
from importlib.util import find_spec

_NEEDED = ("pydantic", "hypothesis", "jsonschema_rs")
"""One package of those that twipc runs with, and what only development has."""

_missing = [name for name in _NEEDED if find_spec(name) is None]
if _missing:
    _help = "`./test --version` installs what development needs; then it is `.venv/bin/python -m bench.…`"
    print(f"bench: no package {' or '.join(_missing)} here: {_help}", file=sys.stderr)
    sys.exit(2)
