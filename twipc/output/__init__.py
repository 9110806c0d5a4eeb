"""Bundles on disk: what is there, whose it is, and replacing it without ever leaving half of it."""

from . import codes
from .codes import CODES
from .folder import Folder, State, WriteFailed
from .lock import locked
from .write import Written, write

__all__ = ["CODES", "Folder", "State", "WriteFailed", "Written", "codes", "locked", "write"]
