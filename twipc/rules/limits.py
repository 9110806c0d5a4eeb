"""Limits that no target alone has: of the kernel below all containers, and of the servers' engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twipc.diagnostics import Finding, Path
from twipc.formats.haproxy.limits import LIMITS as HAPROXY
from twipc.formats.nginx.limits import LIMITS as NGINX
from twipc.limit import Limit
from twipc.model import Model
from twipc.target import Held, Measured, exceeded
from twipc.target.limits import Table

from .codes.limits import LONG_VARIABLE, LONG_WORD

_KERNEL = (
    'Linux, MAX_ARG_STRLEN with the zero at the end: "argument list too long" when it is run (tests/conformance/test_limits.py)'
)


def _variables(model: Model, _options: Any) -> Iterator[Measured]:
    for name, service in model.services:
        for variable, value in sorted(service.env.items()):
            if value.value is not None:
                size = len(variable.encode()) + 1 + len(value.value.encode())
                yield Measured(("services", name, "env", variable), size, f"`{variable}` of `{name}`")


def _words(model: Model, _options: Any) -> Iterator[Measured]:
    """Of every program that is started in a container."""
    for name, service in model.services:
        here: Path = ("services", name)
        told = {"entrypoint": service.entrypoint, "command": service.command}
        for leaf, words in told.items():
            for index, word in enumerate(words or ()):
                yield Measured((*here, leaf, index), len(word.encode()), f"a word of `{leaf}`", key=False)
        for index, word in enumerate((service.health and service.health.command) or ()):
            yield Measured((*here, "health", "command", index), len(word.encode()), "a word of `health.command`", key=False)


LINUX: Table = (
    Held(
        limit=Limit(what="a variable, NAME=value", unit="bytes", most=131_071, source=_KERNEL),
        code=LONG_WORD,
        measure=_variables,
        help="bring it as a file: `configs`, or a volume",
    ),
    Held(
        limit=Limit(what="a word of a program's command", unit="bytes", most=131_071, source=_KERNEL),
        code=LONG_WORD,
        measure=_words,
        help="bring it as a file: `configs`, or a volume",
    ),
    Held(
        limit=Limit(
            what="a variable that people read",
            unit="bytes",
            most=4096,
            source="our own: on ECS all of a task definition has 64 KiB",
        ),
        code=LONG_VARIABLE,
        measure=lambda model, options: [one for one in _variables(model, options) if one.value <= 131_071],
        help="bring it as a file: `configs`, or a volume",
    ),
)


def words(model: Model) -> Iterator[Finding]:
    """What lies beyond those of the kernel."""
    yield from exceeded(LINUX, model, None, sound=False)


def limits(model: Model) -> Iterator[Finding]:
    """What lies beyond them."""
    yield from exceeded((*LINUX, *NGINX, *HAPROXY), model, None, sound=False)
