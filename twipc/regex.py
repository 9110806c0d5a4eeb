"""Regular expressions that are compiled when they are first used: a run uses half of them, and Python makes each anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr, cast

if TYPE_CHECKING:
    from collections.abc import Callable


def late_regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, or all that anybody asks of that."""
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


_METHODS = frozenset({"findall", "finditer", "fullmatch", "match", "search", "split", "sub"})


class _Late:
    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self.flags = flags

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A method, and from now on an attribute, so that who uses one often does not come by here."""
        if name not in _METHODS:  # such as what `copy` asks for of one that has no pattern yet
            raise AttributeError(f"a late regular expression has no `{name}`")
        compiled = re.compile(self.pattern, self.flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return cast("Callable[..., Any]", object.__getattribute__(self, name))
