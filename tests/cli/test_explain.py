"""`twipc explain` answers for all that a spec may say: each place of the JSON Schema, each noun, and what is nearly one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.cli import run
from twipc.matrix import ENGINES
from twipc.registry import target, target_names
from twipc.schema import Schema, environment_schema
from twipc.spec import Environment, Noun
from twipc.spec.shape import ListOf, MapOf, OfNoun, fields
from twipc.target.fields import all_fields, engine_fields

NAMES = {"services": "api", "networks": "back", "volumes": "news", "secrets": "key", "external": "db", "backends": "app"}
KEYS = {
    "mounts": "[/srv/a.b]",
    "configs": "/etc/app.conf",
    "labels": "com.example.team",
    "constraints": "com.example.zone",
    "env": "DB_HOST",
    "ulimits": "nofile",
    "ports": "http",
    "options": "max-size",
    "response_headers": "X-Env",
}


@cache
def schema() -> Schema:
    return environment_schema()


def places(node: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Every place of the schema that has a name: `*` stands for a key or an item."""
    node = whole(node)
    for one in node.get("anyOf", ()):
        yield from places(one, path)
    for name, field in node.get("properties", {}).items():
        yield (*path, name), whole(field)
        yield from places(field, (*path, name))
    inner = [*node.get("patternProperties", {}).values(), node.get("additionalProperties"), node.get("items")]
    for value in inner:
        if isinstance(value, dict) and path != ("targets",):
            yield (*path, "*"), whole(value)
            yield from places(value, (*path, "*"))


def whole(node: Schema) -> Schema:
    while "$ref" in node:
        node = {**schema()["$defs"][node["$ref"].removeprefix("#/$defs/")], **{k: v for k, v in node.items() if k != "$ref"}}
    return node


def alternatives(node: Schema) -> list[Schema]:
    node = whole(node)
    return [node, *(inner for one in node.get("anyOf", ()) for inner in alternatives(one))]


EVERY = {".".join(path): node for path, node in places(schema())}


def named(dotted: str) -> str:
    """The same place as a user writes it, with names in the place of stars."""
    words: list[str] = []
    for before, step in itertools.pairwise(["", *dotted.split(".")]):
        words.append(step if step != "*" else KEYS.get(before) or NAMES.get(before, "0"))
    return ".".join(words).replace(".[", "[")


def shown(text: str) -> str:
    """Lines are as long as they are: what is said is looked for in words."""
    return " ".join(text.split())


def test_the_schema_is_walked_to_its_ends() -> None:
    assert len(EVERY) > 250
    assert {"services.*.http.routes.*.match.host.*", "targets.ecs.volumes.*.access_point", "extends"} <= set(EVERY)


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nowhere")


@pytest.mark.parametrize("dotted", EVERY)
def test_every_place_is_told_by_stars_and_by_names(dotted: str, nowhere: Path) -> None:
    ran = run("explain", dotted, at=nowhere)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{dotted}\n\n")
    assert run("explain", named(dotted), at=nowhere).out == ran.out
    said = shown(ran.out)
    node = EVERY[dotted]
    for one in alternatives(node):
        for word in map(str, one.get("enum", ())):
            assert word in said
        for end in ("minimum", "maximum"):
            assert str(one.get(end, "")) in said
        if one.get("type") == "object" or "object" in one.get("type", ()):
            for field, inside in one.get("properties", {}).items():
                assert f"\n    {field}\n" in ran.out
                assert shown(whole(inside)["description"].partition("\n\n")[0]) in said or dotted == "targets"
    if not dotted.endswith("*"):
        assert shown(node["description"].partition("\n\n")[0]) in said
    default = node.get("default")
    if default is not None:
        assert f"Default: {str(default).lower() if isinstance(default, bool) else default}." in said


@pytest.mark.parametrize("field", all_fields())
def test_what_the_targets_say_is_told_at_a_field_and_in_its_noun(field: str, nowhere: Path) -> None:
    said = run("explain", field, at=nowhere).out.partition("On the targets:\n")[2]
    names = ENGINES if field in engine_fields() else [name for name in target_names() if target(name).orchestrates]
    assert all(re.search(rf"(?m)^    (?:\S+, )*{re.escape(name)}[,:]", said) for name in names)
    around = run("explain", ".".join(field.split(".")[:-1]), at=nowhere).out
    row = around.partition(f"\n    {field.split('.')[-1]}\n")[2].partition("\n\n")[0]
    assert re.search(r"(?m)^        on (?:all |.*: (?:yes|no|rounded|it depends))", row), row


def nouns(around: type[Noun] = Environment) -> Iterator[type[Noun]]:
    """All that a spec is made of."""
    yield around
    for shape in fields(around).values():
        while isinstance(shape, MapOf | ListOf):
            shape = shape.value if isinstance(shape, MapOf) else shape.item
        if isinstance(shape, OfNoun):
            yield from nouns(shape.noun)


@pytest.mark.parametrize("one", list(nouns()), ids=lambda noun: noun.__name__)
def test_every_noun_is_told_by_its_name(one: type[Noun], nowhere: Path) -> None:
    spelled = re.sub("(?<=[a-z])(?=[A-Z])", "-", one.__name__).lower()
    ran = run("explain", spelled, at=nowhere)
    assert (ran.code, ran.err) == (0, "")
    for name, field in one.model_fields.items():
        assert f"\n    {field.alias or name}\n" in ran.out
    assert shown((one.__doc__ or "").strip().partition("\n\n")[0]) in shown(ran.out)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("services.web.replica", "did you mean `services.web.replicas`?"),
        ("services.web.http.routes.0.mtch", "did you mean `services.web.http.routes.0.match`?"),
        ("services.web.nothing-like-it", "fields of `services.*` are: from, kind, image"),
        ("services.web.image.tag", "`services.*.image` has no fields"),
        ("targets.ecs.subnet", "did you mean `targets.ecs.subnets`?"),
        ("targets.esc", "did you mean `targets.ecs`?"),
        ("servcies.web", "did you mean `services`?"),
        ("healht", "did you mean `health`?"),
        ("interval", "write one of: services.*.health.interval, services.*.ready.interval"),
        ("TW4O1", "did you mean TW401?"),
        ("tw9999", "codes are such as TW401"),
        ("", "`twipc explain spec`"),
        ("...", "`twipc explain spec`"),
        ("services.web.\x1b[31m", "\\u001b[31m"),
        ("x" * 300, "`twipc explain spec`"),
        ("é", "`twipc explain spec`"),
    ],
)
def test_what_is_unknown_is_wrong_use_and_gets_a_hint(asked: str, said: str, nowhere: Path) -> None:
    ran = run("explain", asked, at=nowhere)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("spec", "a spec"),
        ("ready.interval", "services.*.ready.interval"),
        ("env.DB_HOST.secret", "services.*.env.*.secret"),
        ("route.match.host", "services.*.http.routes.*.match.host"),
        ("services.web.publish[0].port", "services.*.publish.*.port"),
        ("services.web.publish.http.port", "services.*.publish.*.port"),
        ("services.web.mounts./srv/a.b.volume", "services.*.mounts.*.volume"),
        ("tw401", "TW401: "),
    ],
)
def test_short_names_and_names_of_items_lead_to_the_place(asked: str, place: str, nowhere: Path) -> None:
    ran = run("explain", asked, at=nowhere)
    assert ran.code == 0
    assert ran.out.startswith(place)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("start-first", "It is a value of `services.*.rollout.order`"),
        ("GET", "It is a value of `services.*.http.routes.*.match.method`"),
        ("none", "It is a value of `services.*.logging.driver` and of `services.*.http.access_log`"),
        ("unless-stopped", "For `restart` write `always`"),
        ("privileged", "there is no `privileged`: no container gets all of the host"),
        ("livenessProbe", "`livenessProbe` is `services.*.health` here"),
        ("services.api.environment", "`environment` is `services.*.env` here"),
        ("http.server_name", "`server_name` is `services.*.http.routes.*.match.host` here"),
    ],
)
def test_a_value_and_a_word_of_another_tool_lead_to_their_field(asked: str, told: str, tmp_path: Path) -> None:
    ran = run("explain", asked, at=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert told in ran.out.splitlines()[0]
    place = re.match("`[^`]+` is `([^`]+)` here", ran.out)
    assert not place or ran.out.split("\n\n", 1)[1] == run("explain", place[1], at=tmp_path).out


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("replicsa", "did you mean `replicas`?"),
        ("services.api.imgae", "did you mean `services.api.image`?"),
        ("services.api.environment.MODE", "`environment` is `services.*.env` here"),
        ("zzzz", "`twipc explain spec` tells"),
        ("", "`twipc explain spec` tells"),
    ],
)
def test_what_is_nearly_one_is_wrong_use(asked: str, told: str, tmp_path: Path) -> None:
    ran = run("explain", asked, at=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
