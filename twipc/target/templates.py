"""The only maker of Jinja environments: a template prints what a sink's quoting function made, and nothing else."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from twipc.diagnostics import Path

_MARK = re.compile("\x00([0-9]+)\x00")


class Quoted(str):
    """Text that is already in the language of the sink it is printed to."""

    __slots__ = ()


def _only_quoted(value: object) -> str:
    if not isinstance(value, Quoted):
        raise TypeError(f"a template may print only what a quoting function made, not {value!r}")
    return value


@cache
def _template(package: str, name: str) -> Template:
    folder = files(package).joinpath("templates")
    environment = Environment(
        loader=FunctionLoader(lambda asked: folder.joinpath(asked).read_text(encoding="utf-8")),
        undefined=StrictUndefined,
        finalize=_only_quoted,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - not HTML: `finalize` refuses whatever no quoting function made
    )
    return environment.get_template(name)


class Origins:
    """`at(path)` at the end of a template's line says where that line came from; others come from `default`."""

    def __init__(self, default: Path) -> None:
        self._paths: list[Path] = []
        self._default = default

    def at(self, *steps: Path | str | int) -> Quoted:
        """The mark of a place in the spec, given as steps and as paths to go on from."""
        self._paths.append(tuple(part for step in steps for part in (step if isinstance(step, tuple) else (step,))))
        return Quoted(f"\x00{len(self._paths) - 1}\x00")

    def split(self, rendered: str) -> tuple[str, tuple[Path, ...]]:
        """The text without its marks, and one path for each line."""
        origins: list[Path] = []
        lines: list[str] = []
        for line in rendered.splitlines():
            marks = _MARK.findall(line)
            origins.append(self._paths[int(marks[-1])] if marks else self._default)
            lines.append(_MARK.sub("", line).rstrip() + "\n")
        return "".join(lines), tuple(origins)


def render(package: str, name: str, default: Path, values: dict[str, Any]) -> tuple[str, tuple[Path, ...]]:
    """A template of `package` filled in: the text and each line's place in the spec."""
    origins = Origins(default)
    return origins.split(_template(package, name).render(at=origins.at, **values))
