"""What each field of the language becomes on ECS: one after the other gets another value, and what is another then is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from tests.compiling import compiled_text
from tests.fields import FIELD_CHANGES
from tests.strategies import PAGES, Spec, as_text, targets_of
from twipc import registry
from twipc.diagnostics import Report, Severity, Stopped
from twipc.model import Model
from twipc.spec import bind_noun
from twipc.target import Absent, Asked, Outside, facts_of
from twipc.target.fields import all_fields
from twipc.target.support import Settled, settle
from twipc.verify.accept import is_loss
from twipc.verify.losses import losses

LAUNCHES = ("fargate", "ec2")
TEMPLATE = "template.json"
_WANTED = ("launch", "region", "registry")
_FREE = ("DockerLabels", "Options")
"""What holds names of the user's own."""
_ITEMS = ("Name", "Key", "Value", "Ref", "Fn::GetAtt", "Fn::Sub")
"""Places that say no more than the one around them."""
_FILES = "files"
_PARTS = 2
"""What is another in more of its parts is told as a whole."""
_WEB = ("services", "web")
MORE: Mapping[str, Sequence[tuple[tuple[str | int, ...], object]]] = {
    "service.env": [((*_WEB, "env", "A"), {"address": "edge.http"}), ((*_WEB, "env", "A"), {"secret": "one"})],
    "service.mounts": [((*_WEB, "mounts"), {})],
    "service.networks": [((*_WEB, "networks"), ["back"])],
    "service.ports": [((*_WEB, "ports", "admin"), 9000)],
    "service.publish": [(("services", "edge", "publish"), [])],
}
"""Other values of fields that are several things in one."""
HEAD = """\
# What each field becomes on ECS

Derived from the code by `./test --update`: each field got another value in a spec that has all of them, and what is another
then in `out/<environment>/ecs/` stands here, by type and place in the template. What the options of the target can leave to
the template (cluster, roles, groups, names) is left to it. A file is baked into an image, which `ContainerDefinitions.Image`
names by its content.

What is lost or rounded, and why, is in [SUPPORT.md](../SUPPORT.md).

| field | on Fargate | on EC2, where it is another |
|---|---|---|
"""


class Made(NamedTuple):
    """A spec compiled for ECS."""

    model: Model
    options: Any
    texts: Mapping[str, str]
    wrong: frozenset[str]
    """What is lost."""


def page() -> str:
    rows = []
    for field in all_fields():
        first, second = (_cell(field, launch) for launch in LAUNCHES)
        rows.append(f"| `{field}` | {first} | {'' if second == first else second} |")
    return HEAD + "\n".join(rows) + "\n"


def _cell(field: str, launch: str) -> str:
    spec, path, value = FIELD_CHANGES["haproxy"][field]
    others = [_with(spec, path, value)]
    others += [_with(spec, *more) for more in MORE.get(field, ())]
    found: dict[str, set[str]] = {}
    for other in others:
        for kind, places in changed(*(_made(json.dumps(one), launch).texts for one in (spec, other))).items():
            found.setdefault(kind, set()).update(places)
    if found.get(_FILES) and field != "service.image":
        # An image is called by what is in it.
        found["ECS::TaskDefinition"].discard("ContainerDefinitions.Image")
    told = [_cell_of(kind, places) for kind, places in sorted(found.items())]
    said = "; ".join(one for one in told if one) or _unsaid(field, [_made(json.dumps(one), launch) for one in (spec, *others)])
    assert said, f"{field} makes no difference, and is no fact"
    return said


def _unsaid(field: str, made: Iterable[Made]) -> str:
    """In a word, of each case in the specs: the matrix says why."""
    target = registry.target("ecs")
    found = set()
    for model, options, *_ in made:
        for key, value in facts_of(model, target.discovery(options)).items():
            if key.field == field:
                found.add(_word(settle(target.support.answer(key, model), Asked(key, value, model, options))))
    return " or ".join(sorted(found))


def _word(settled: Settled) -> str:
    if isinstance(settled, Absent):
        return f"lost ({settled.code.id})"
    return "not its business" if isinstance(settled, Outside) else "no difference"


def _with(spec: Spec, path: tuple[str | int, ...], value: object) -> Spec:
    changed: Spec = json.loads(json.dumps(spec))
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


@cache
def _made(text: str, launch: str) -> Made:
    """What a spec comes to, its losses and all, with nothing said in the options that need not be."""
    spec = json.loads(text)
    options = {**targets_of(spec)["ecs"], "launch": launch}
    mounted = {volume for service in spec["services"].values() for volume in service.get("mounts", {}).values()}
    options["volumes"] = {name: place for name, place in options["volumes"].items() if name in mounted}
    found = _compiled(text, json.dumps({key: said for key, said in options.items() if key not in _left(launch)}))
    assert isinstance(found, Made), found
    return found


@cache
def _left(launch: str) -> frozenset[str]:
    """The options of which nothing has to be said."""
    spec = FIELD_CHANGES["haproxy"]["service.image"][0]
    options = {**targets_of(spec)["ecs"], "launch": launch}
    whole = _compiled(json.dumps(spec), json.dumps(options))
    assert isinstance(whole, Made), whole
    for name in sorted(set(options) - set(_WANTED)):
        fewer = {key: said for key, said in options.items() if key != name}
        made = _compiled(json.dumps(spec), json.dumps(fewer))
        if isinstance(made, Made) and made.wrong <= whole.wrong:
            options = fewer
    return frozenset(targets_of(spec)["ecs"].keys() - options.keys())


def _compiled(spec: str, options: str) -> Made | list[str]:
    """What is made, or what is wrong with the options."""
    target = registry.target("ecs")
    whole = {**json.loads(spec), "targets": {"ecs": json.loads(options)}}
    outcome = compiled_text(as_text(whole), PAGES, stem=whole["environment"])
    assert outcome.model, outcome.findings
    report = Report()
    try:
        bound = bind_noun(target.options, outcome.model.tree, ("targets", "ecs"), report)
    except Stopped:
        return [one.message for one in report.findings]
    wrong = [one for one in target.check(outcome.model, bound) if one.severity is Severity.ERROR]
    mistakes = [one.message for one in wrong if not is_loss(one)]
    told = frozenset(one.message for one in [*wrong, *losses(outcome.model, target, bound)])
    return mistakes or Made(outcome.model, bound, target.compile(outcome.model, bound).texts, told)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, set[str]]:
    """The places of the template, by type, and the files, by ""."""
    one, other = (json.loads(texts[TEMPLATE])["Resources"] for texts in (before, after))
    found: dict[str, set[str]] = {}
    for id_ in sorted(one.keys() | other.keys()):
        kind = (other.get(id_) or one[id_])["Type"].removeprefix("AWS::")
        if id_ in one and id_ in other:
            mine, theirs = (Counter(_leaves(part.get("Properties", {}), ())) for part in (one[id_], other[id_]))
            found.setdefault(kind, set()).update(place for place, _ in (mine - theirs) + (theirs - mine))
        else:
            found.setdefault(kind, set()).add("")
    files = {_file(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)} - {TEMPLATE}
    return {**found, _FILES: files}


def _cell_of(kind: str, places: set[str]) -> str:
    """A resource that is there or not, and what of one is another; nothing beside what it is a part of."""
    inner = Counter(place.rpartition(".")[0] for place in places)
    places = places | {place for place, count in inner.items() if place and count > _PARTS}
    outermost = {place for place in places if not any(place.startswith(f"{other}.") for other in places if other)}
    named = [f"`{place}`" for place in sorted(outermost - {""})]
    if kind == _FILES:
        return ", ".join(named)
    whole = ["one of its own"] if "" in places else []
    return f"{kind}: {', '.join([*whole, *named])}" if whole or named else ""


def _file(path: str) -> str:
    folder, _, rest = path.partition("/")
    return f"{folder}/<service>/{rest.partition('/')[2]}" if rest else path


def _leaves(value: object, place: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(place without numbers and names, value) of whatever is no mapping and no list."""
    if isinstance(value, dict) and value and place[-1:] not in [(name,) for name in _FREE]:
        for key, child in value.items():
            yield from _leaves(child, place if key in _ITEMS else (*place, key))
    elif isinstance(value, list) and value:
        for child in value:
            yield from _leaves(child, place)
    else:
        yield ".".join(place), json.dumps(value, sort_keys=True)
