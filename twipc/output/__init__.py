"""Bundles on disk: what is there, whose it is, and replacing it without ever leaving half of it."""

from . import codes
from .codes import CODES
from .folder import MODE, Folder, State, WriteFailed
from .lock import locked
from .strangers import files, is_read_by_docker
from .write import Written, write, write_file

__all__ = [
    "CODES",
    "MODE",
    "Folder",
    "State",
    "WriteFailed",
    "Written",
    "codes",
    "files",
    "is_read_by_docker",
    "locked",
    "write",
    "write_file",
]
