"""The files of secrets: the line that makes one, and which git has. twipc itself never opens one."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from posixpath import dirname

from twipc.model import Model
from twipc.run import Failed, Runner
from twipc.target import STATS_USE, TLS_USE, secret_uses
from twipc.target.runtime import Step

_VALUES = {
    STATS_USE: "openssl rand -hex 24",
    TLS_USE: "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost "
    "-keyout - -out -",
}
_ANY = "printf %s 'THE VALUE'"


def value_for(model: Model, secret: str) -> str:
    """A command that prints a value of the kind that is wanted."""
    uses = {use for _, use, used in secret_uses(model) if used == secret}
    return next((_VALUES[use] for use in (TLS_USE, STATS_USE) if use in uses), _ANY)


def line_for(model: Model, secret: str, file: str) -> str:
    """One line of a shell; the folder is closed to others, since its user in the container must be able to read the file."""
    value = value_for(model, secret)
    folder, quoted = shlex.quote(dirname(file) or "."), shlex.quote(file)
    made = f"mkdir -p {folder} && chmod 700 {folder} && " if dirname(file) else ""
    return f"{made}{value} > {quoted} && chmod 444 {quoted}"


def in_git(root: Path, files: Collection[str]) -> set[str]:
    """Those files of a project that git keeps, or is about to; none, where there is no git."""
    step = Step(("git", "--literal-pathspecs", "ls-files", "-z", "--", *sorted(files)), "ask git", reads=True)
    try:
        found = Runner(root).answer(step) if files else None
    except Failed:
        return set()
    return set(found.out.split("\0")) & set(files) if found and not found.code else set()
