"""Templates: one prints what a sink's quoting function made, and nothing else."""

from __future__ import annotations

from typing import Any

from twipc.diagnostics import Path
from twipc.regex import late_regex

_MARK = late_regex("\x00([0-9]+)\x00")


class Quoted(str):
    """Text that is already in the language of the sink it is printed to."""

    __slots__ = ()


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
    from .jinja import environment

    origins = Origins(default)
    return origins.split(environment(package).get_template(name).render(at=origins.at, **values))
