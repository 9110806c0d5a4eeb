"""What only the compose targets find."""

from __future__ import annotations

from twipc.formats.composefile.check import FIXED_PORT, NO_RESTART, SECRET_OWNER

CODES = (FIXED_PORT, NO_RESTART, SECRET_OWNER)
