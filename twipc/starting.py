"""What makes a start cheaper and leaves all that it does as it is."""

from __future__ import annotations

import importlib
import sys
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_METADATA = "importlib.metadata"
_ROOM = 20_000
"""Words of 8 bytes: far more than the deepest imports and the deepest spec take."""


def make_room(run: Callable[..., object]) -> None:
    """Give a function a frame so large that those of all it calls lie beside it, in the piece of memory made for it.

    CPython (3.11 to 3.13) keeps frames in pieces of 16 KiB. Where a call comes at the end of one it has the system map
    another, and unmap it on return: nested imports do so 1,300 times, which is a twentieth of a compile.
    """
    assert isinstance(run, FunctionType)
    run.__code__ = run.__code__.replace(co_stacksize=_ROOM)


def defer_metadata() -> None:
    """Have `importlib.metadata` imported when something of it is used.

    Pydantic imports it for its plugins, also where none is looked for; with the modules for mail, archives and sockets that
    it imports in turn that is a twenty-fifth of a compile. `importlib.util.LazyLoader` imports at once what is imported
    `from` a module, and so does not do.
    """
    if _METADATA not in sys.modules:
        sys.modules[_METADATA] = importlib.metadata = _Metadata(_METADATA)


class _Metadata(ModuleType):
    """Stands in for the module: has all that it has, and makes way for it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = [f"{folder}/metadata" for folder in importlib.__path__]  # asked for by each `from`

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(_METADATA) is self:
            del sys.modules[_METADATA]
        return getattr(importlib.import_module(_METADATA), name)

    def entry_points(self, **wanted: Any) -> Any:
        """What Pydantic takes out of the module before it knows whether it will ask."""
        return self.__getattr__("entry_points")(**wanted)
