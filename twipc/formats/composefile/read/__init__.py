"""What a compose file means; each dialect's target says it of its own keys."""

from .document import each, left, load, table
from .files import local, project_file
from .objects import networks, volumes
from .owners import LABEL, Owners
from .service import ServiceReader
from .words import duration, named, number, port

__all__ = [
    "LABEL",
    "Owners",
    "ServiceReader",
    "duration",
    "each",
    "left",
    "load",
    "local",
    "named",
    "networks",
    "number",
    "port",
    "project_file",
    "table",
    "volumes",
]
