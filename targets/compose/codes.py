"""What only the compose targets find."""

from __future__ import annotations

from twipc.formats.composefile.check import FIXED_PORT

CODES = (FIXED_PORT,)
