"""How a run is told while it goes on: one line that changes on a terminal, plain lines in a pipe, JSON lines on request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from msgspec import Struct

from twipc.diagnostics.render import visible
from twipc.run import ready
from twipc.target.runtime import Instance, Status, Wait

from .hiding import covered

_WIDEST = 78
_ALL = ("", "0.0.0.0", "::")  # noqa: S104 - as the engine writes every address
Row = tuple[str, ...]


class Voice(Struct):
    """Speaks on standard error."""

    stream: TextIO
    json: bool
    live: bool
    _line: str = ""

    @classmethod
    def for_stream(cls, stream: TextIO, *, json: bool) -> Voice:
        return cls(stream, json, live=not json and stream.isatty())

    def say(self, text: str) -> None:
        self._event({"event": "said", "text": text}, text)

    def begins(self, why: str) -> None:
        self._event({"event": "step", "why": why}, f"  {why}")

    def hear(self, line: str) -> None:
        """What a command itself says while it works."""
        line = visible(covered(line.strip()))
        self._event({"event": "output", "text": line}, f"    {line}")

    def waits(self, wait: Wait, status: Status, seconds: float) -> None:
        left = [
            _waited(name, count, status, wait) for name, count in wait.services.items() if ready(status, name, wait) < count
        ]
        told = ", ".join(left) or "all are"
        if self.live:
            self._erase()
            self._line = f"    {told} ({seconds:.0f} s)"[:_WIDEST]
            self.stream.write(self._line)
            self.stream.flush()
        elif told != self._line:
            self._line = told
            self._event({"event": "waits", "for": left}, f"    {told}")

    def table(self, table: Sequence[Row], logs: Mapping[str, Sequence[str]]) -> None:
        if not self.json:
            for line in columns(table):
                self._print(f"  {line}")
            for name, lines in logs.items():
                self._print(f"  {name}, its last lines:" if lines else f"  {name} said nothing")
                for line in lines:
                    self._print(f"    {line}")

    def _event(self, event: dict[str, Any], text: str) -> None:
        self._print(json.dumps(event) if self.json else visible(text))

    def _print(self, text: str) -> None:
        self._erase()
        self.stream.write(f"{text}\n")
        self.stream.flush()

    def _erase(self) -> None:
        if self.live and self._line:
            self.stream.write("\r\x1b[K")
            self._line = ""


def _waited(name: str, count: int, status: Status, wait: Wait) -> str:
    there = [one for one in status.of(name) if wait.counts(one)]
    states = "/".join(dict.fromkeys(one.condition for one in there if not one.ready)) or "not there yet"
    return f"{name} {ready(status, name, wait)} of {count} ({states})"


def rows(status: Status) -> list[Row]:
    """A table of instances, with its head."""
    head = ("SERVICE", "INSTANCE", "STATE", "PUBLISHED")
    return [head, *((one.service, one.name, _state(one), published(one)) for one in status.instances)]


def _state(instance: Instance) -> str:
    return instance.condition if instance.current else f"{instance.condition}, of another version"


def published(instance: Instance) -> str:
    """Where an instance is reached from outside, each once."""
    return " ".join(
        sorted({f"{_address(address)}:{number}->{port.partition('/')[0]}" for port, address, number in instance.ports})
    )


def _address(address: str) -> str:
    if address in _ALL:
        return "*"
    return f"[{address}]" if ":" in address else address


def instance_row(instance: Instance) -> dict[str, Any]:
    """An instance, for machines."""
    return {
        "service": instance.service,
        "name": instance.name,
        "id": instance.id,
        "state": instance.state,
        "health": instance.health or None,
        "exit_code": instance.exit_code if instance.state in ("exited", "dead") else None,
        "restarts": instance.restarts,
        "ready": instance.ready,
        "current": instance.current,
        "published": [{"port": port, "address": address, "number": number} for port, address, number in instance.ports],
    }


def columns(table: Sequence[Row]) -> Iterable[str]:
    """Rows as lines, their columns below each other."""
    widths = [max(len(visible(row[index])) for row in table) for index in range(len(table[0]))]
    for row in table:
        yield "  ".join(visible(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
