"""JSON for the dataclasses that travel between the test and the private namespace."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from tests.conformance.live import report, scenario

TAG = "<>"

CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        scenario.Backend,
        scenario.Behaviour,
        scenario.Inner,
        scenario.Load,
        scenario.Pause,
        scenario.Request,
        scenario.Scenario,
        scenario.SetBehaviour,
        scenario.SetNames,
        scenario.Talk,
        scenario.Wait,
        report.Answer,
        report.Loaded,
        report.Report,
        report.Talked,
        report.Waited,
    )
}


def dumps(value: object) -> str:
    """Writes one of the harness's dataclasses as JSON."""
    return json.dumps(_encode(value))


def loads(text: str) -> object:
    """Reads what `dumps` wrote; lists come back as tuples."""
    return _decode(json.loads(text))


def _encode(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: _encode(getattr(value, part.name)) for part in fields(value)}
        return {TAG: type(value).__name__, **parts}
    if isinstance(value, Mapping):
        return {key: _encode(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encode(part) for part in value]
    return value


def _decode(value: object) -> object:
    if isinstance(value, dict):
        parts = {key: _decode(part) for key, part in value.items() if key != TAG}
        return CLASSES[value[TAG]](**parts) if TAG in value else parts
    if isinstance(value, list):
        return tuple(_decode(part) for part in value)
    return value
