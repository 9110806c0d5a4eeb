"""A target of somebody else's package: it writes down who runs what, on paper, and can say nothing more.

`lie: true` is the fault that the tests seed: it writes another number of replicas than the spec says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from twipc.formats.reading import ENGINE_SUPPORT
from twipc.model import Model, image_of
from twipc.spec import Noun
from twipc.target import Absent, Artifact, Bundle, Exact, FactKey, Facts, FieldSupport, Outside, Support, Target, bundle, codes
from twipc.target.answers import FieldSupport as Fields

FILE = "plan.txt"
_SAID = ("service.image", "service.replicas")


class Options(Noun):
    """What paper needs to know."""

    lie: bool = False


def compile(model: Model, options: Any) -> Bundle:
    lines = [f"{name} {service.replicas + options.lie} {image_of(service)}" for name, service in model.services]
    origins = tuple(("services", name) for name, _ in model.services)
    return bundle(Artifact(FILE, "".join(f"{line}\n" for line in lines), origins, comment=""))


def read(texts: Mapping[str, str]) -> Facts:
    facts: dict[FactKey, object] = {}
    for line in texts[FILE].splitlines():
        name, replicas, image = line.split()
        facts[FactKey("service.replicas", (name,))] = int(replicas)
        facts[FactKey("service.image", (name,))] = image
    return facts


def _answer(field: str) -> Exact | Absent | Outside:
    if field in _SAID:
        return Exact()
    if field.startswith(("service.build.", "environment.")):
        return Outside("not on paper")
    if field.startswith("volume."):
        return Absent("paper keeps nothing", codes.STATE_LOST)
    return Absent("paper is patient", codes.HEALTH_LOST if ".health." in field else codes.LOST)


SUPPORT = Support(cast(FieldSupport, {field: _answer(field) for field in Fields.__annotations__}), ENGINE_SUPPORT)
TARGET = Target(
    name="paper",
    summary="who runs what, on paper",
    support=SUPPORT,
    compile=compile,
    read=read,
    baseline=lambda _model, _options: {},
    options=Options,
)
