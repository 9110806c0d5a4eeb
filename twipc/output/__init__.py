"""Bundles on disk: what is there, whose it is, and replacing it without ever leaving half of it."""

from . import codes
from .codes import CODES
from .folder import MANIFEST, MODE, Folder, State, WriteFailed, manifest
from .lock import locked
from .strangers import files, is_read_by_docker
from .write import Wish, Written, write, write_file

__all__ = [
    "CODES",
    "MANIFEST",
    "MODE",
    "Folder",
    "State",
    "Wish",
    "WriteFailed",
    "Written",
    "codes",
    "files",
    "is_read_by_docker",
    "locked",
    "manifest",
    "write",
    "write_file",
]
