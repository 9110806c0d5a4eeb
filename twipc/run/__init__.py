"""Carries plans out: the only part that starts processes, and it decides nothing."""

from . import codes
from .carry import NotReady, Voice, carry_out, ready
from .codes import CODES
from .engine import Engine, Unreachable, engine
from .lock import Busy, alone
from .runner import Failed, Interrupted, Runner

__all__ = [
    "CODES",
    "Busy",
    "Engine",
    "Failed",
    "Interrupted",
    "NotReady",
    "Runner",
    "Unreachable",
    "Voice",
    "alone",
    "carry_out",
    "codes",
    "engine",
    "ready",
]
