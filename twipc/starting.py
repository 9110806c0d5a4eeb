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


def defer_modules() -> None:
    """Have modules imported when something of them is used, which others import at once and a compile never asks.

    Pydantic imports `importlib.metadata` for its plugins, also where none is looked for, and Jinja `tempfile` for a cache:
    with modules for mail, archives and sockets that these import in turn, a twentieth of a compile. `LazyLoader` of
    `importlib.util` imports at once what is imported `from` a module, and so does not do.
    """
    for stand_in in (_Metadata(_METADATA), _Deferred("tempfile")):
        if stand_in.__name__ not in sys.modules:
            sys.modules[stand_in.__name__] = stand_in
            if stand_in.__name__ == _METADATA:
                importlib.metadata = stand_in


class _Deferred(ModuleType):
    """Stands in for a module: has all that it has, and makes way for it."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


class _Metadata(_Deferred):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = [f"{folder}/metadata" for folder in importlib.__path__]  # asked for by each `from`

    def entry_points(self, **wanted: Any) -> Any:
        """What Pydantic takes out of the module before it knows whether it will ask."""
        return self.__getattr__("entry_points")(**wanted)
