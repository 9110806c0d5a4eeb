"""The line that makes the file of a secret: twipc itself never opens one."""

from __future__ import annotations

import shlex
from posixpath import dirname

from twipc.model import Model
from twipc.target import STATS_USE, TLS_USE, secret_uses

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
