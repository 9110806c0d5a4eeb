"""The only maker of Jinja environments: imported where something is rendered, as Jinja takes its time to be imported."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from functools import cache
from hashlib import blake2b
from importlib import import_module
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any

import jinja2
from jinja2 import BaseLoader, Environment, StrictUndefined, Template

from .templates import Quoted


def only_quoted(value: object) -> str:
    if not isinstance(value, Quoted):
        raise TypeError(f"a template may print only what a quoting function made, not {value!r}")
    return value


_SETTINGS: Mapping[str, Any] = {
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "autoescape": False,  # not HTML: `finalize` refuses whatever no quoting function made
}
_MADE_BY = f"{jinja2.__version__} {_SETTINGS}".encode()


class _Kept(SourceFileLoader):
    """What Jinja makes of a template is kept where Python keeps what it makes of a module, and under the same rules.

    It takes Jinja longer than all else that a start does.
    """

    def __init__(self, environment: Environment, name: str, path: str) -> None:
        super().__init__(name, path)
        self._environment = environment

    def path_stats(self, path: str) -> Mapping[str, Any]:
        """In place of its time, a digest: what a template becomes hangs on Jinja and its settings too."""
        source = self.get_data(path)
        return {"mtime": int.from_bytes(blake2b(_MADE_BY + source, digest_size=4).digest()), "size": len(source)}

    def source_to_code(self, data: Any, path: Any, **_options: Any) -> CodeType:  # type: ignore[override]
        # Of the options of `compile` a template has none.
        return self._environment.compile(data.decode(), self.name, path)


class _Loader(BaseLoader):
    """The templates of a package."""

    def __init__(self, package: str) -> None:
        self._folder = f"{import_module(package).__path__[0]}/templates"

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:
        code = _Kept(environment, name, f"{self._folder}/{name}").get_code(name)
        assert code
        return Template.from_code(environment, code, {} if globals is None else globals)


@cache
def environment(package: str) -> Environment:
    loader = _Loader(package)
    return Environment(loader=loader, undefined=StrictUndefined, finalize=only_quoted, **_SETTINGS)  # noqa: S701 - _SETTINGS say why
