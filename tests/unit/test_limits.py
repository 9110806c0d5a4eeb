"""What is said beyond a limit, to the letter, and what ECS's tables make of a service."""

from __future__ import annotations

from typing import Any

import pytest

from targets.ecs import limits as ecs
from tests.compiling import compiled_text
from twipc.diagnostics import Code, Severity
from twipc.limit import Limit
from twipc.model import Model
from twipc.spec import Duration, Service
from twipc.target import Held, Measured, OutOfReach
from twipc.target.codes import LIMITS_ELSEWHERE
from twipc.target.limits import Table, beyond, elsewhere, exceeded, told

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\n"
RANGE = Limit(what="a number of eggs", unit="eggs", least=2, most=12, source="the box")
BARE = Limit(what="a number", most=12, source="the box")
ABOVE, BELOW = (Code(name, "", Severity.ERROR, why="", raised_by="this test") for name in ("TW1", "TW2"))


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        (RANGE, 14, "`a` has 14 eggs, 2 too many"),
        (RANGE, 13, "`a` has 13 eggs, 1 too many"),
        (RANGE, 1, "`a` has 1 eggs, the least is 2"),
        (BARE, 14, "`a` has 14, 2 too many"),
    ],
)
def test_by_how_much_a_value_is_beyond(limit: Limit, value: int, said: str) -> None:
    assert told(limit, Measured(("services", "a"), value, "`a`")) == said


@pytest.mark.parametrize(("value", "inside"), [(1, False), (2, True), (12, True), (13, False), (2.5, True)])
def test_both_ends_are_inside(value: float, inside: bool) -> None:
    assert (value in RANGE) is inside
    assert (value in BARE) is (value <= 12)


def test_a_limit_in_words() -> None:
    assert str(RANGE) == "2 to 12 eggs"
    assert str(BARE) == "at most 12"
    assert str(Limit(what="bytes", unit="bytes", most=64 << 10, source="x")) == "at most 65,536 bytes"


def test_each_end_has_a_code_if_there_are_two() -> None:
    both, one = Held(limit=RANGE, code=ABOVE, below=BELOW), Held(limit=RANGE, code=ABOVE)
    assert [both.code_of(value) for value in (1, 12, 13)] == [BELOW, BELOW, ABOVE]
    assert [one.code_of(value) for value in (1, 13)] == [ABOVE, ABOVE]


def test_what_is_written_is_measured_of_what_has_no_mistakes() -> None:
    model = compiled_text(f"{HEAD}targets: {{compose: {{}}}}\nservices: {{web: {{image: shop/web:1}}}}\n").model
    assert model
    row = [Measured(("services", "web"), value, "`web`") for value in (1, 2, 12, 13)]
    held = Held(limit=RANGE, code=ABOVE, measure=lambda *_: row[:2], written=lambda *_: row[2:])
    assert beyond(held, model, None, sound=True) == [row[0], row[3]]
    assert beyond(held, model, None, sound=False) == [row[0]]
    assert beyond(Held(limit=RANGE, code=ABOVE), model, None, sound=True) == []


def test_names_that_are_too_long_for_a_swarm_are_told_where_they_are_given() -> None:
    long, project = "a" * 31, "p" * 31
    spec = f"""twipc: 1
project: {project}
environment: prod
targets: {{swarm: {{}}}}
services:
  {long}: {{image: shop/web:1}}
  web: {{image: shop/web:1, networks: [{long}]}}
networks:
  {long}: {{}}
"""
    found = [one for one in compiled_text(spec).findings if one.code.id == "SWARM102"]
    full = f"`{project}-prod_{long}` has 68 characters, 5 too many"
    assert [(one.at, one.span and one.span.line, one.message, one.help, one.target) for one in found] == [
        (f"services.{long}", 6, full, "shorten it, the environment or the project", "swarm"),
        (f"networks.{long}", 9, full, "shorten it, the environment or the project", "swarm"),
    ]


def test_the_network_of_its_own_has_a_name_too() -> None:
    head = f"twipc: 1\nproject: {'p' * 31}\nenvironment: {'e' * 31}\ntargets: {{swarm: {{}}}}\n"

    def said(rest: str) -> list[tuple[str, str]]:
        found = compiled_text(head + rest, stem="e" * 31).findings
        return [(one.at, one.message) for one in found if one.code.id == "SWARM102"]

    own = ("environment", f"the stack's own network `{'p' * 31}-{'e' * 31}_default` has 71 characters, 8 too many")
    assert own in said("services: {web: {image: shop/web:1}}\n")
    assert own not in said("services: {web: {image: shop/web:1, networks: [n1]}}\nnetworks: {n1: {}}\n")


def test_a_file_without_content_is_no_config_of_a_swarm() -> None:
    spec = f"{HEAD}targets: {{swarm: {{}}}}\nservices:\n  web:\n    image: shop/web:1\n    configs: {{/etc/a: a.txt}}\n"
    (one,) = [one for one in compiled_text(spec, {"a.txt": ""}).findings if one.code.id == "SWARM104"]
    assert one.message == "`a.txt` has 0 bytes, the least is 1"
    assert one.help == "give the file some text, or take it out"
    assert (one.at, one.span and (one.span.line, one.span.column)) == ("services.web.configs[/etc/a]", (8, 23))
    assert "SWARM104" not in compiled_text(spec, {"a.txt": "x"}).codes


@pytest.mark.parametrize(
    ("times", "milliseconds", "seconds"),
    [
        (ecs.INTERVAL, 1, 5),
        (ecs.INTERVAL, 5000, 5),
        (ecs.INTERVAL, 5001, 6),
        (ecs.INTERVAL, 300_000, 300),
        (ecs.INTERVAL, 300_001, 300),
        (ecs.STOP["ec2"], 3_600_001, 3601),
        (ecs.START_PERIOD, 0, 0),
    ],
)
def test_times_are_rounded_up_into_the_range(times: ecs.Seconds, milliseconds: int, seconds: int) -> None:
    assert times.fit(Duration(milliseconds)) == seconds


@pytest.mark.parametrize(
    ("cpu", "memory", "size"),
    [
        (1, 1, (256, 512)),
        (256, 512, (256, 512)),
        (256, 513, (256, 1024)),
        (256, 2049, (512, 3072)),
        (257, 512, (512, 1024)),
        (256, 30721, (8192, 32768)),
        (32768, 249856, (32768, 249856)),
        (32768, 249857, None),
        (32769, 512, None),
    ],
)
def test_the_smallest_task_that_holds_both(cpu: int, memory: int, size: tuple[int, int] | None) -> None:
    assert ecs.fargate(cpu, memory) == (ecs.TaskSize(*size) if size else None)


def service(resources: str) -> Service:
    model = compiled_text(
        f"{HEAD}targets: {{compose: {{}}}}\nservices: {{web: {{image: shop/web:1, resources: {resources}}}}}\n"
    ).model
    assert model
    return dict(model.services)["web"]


@pytest.mark.parametrize(
    ("resources", "units", "mib", "on_ec2", "on_fargate"),
    [
        ("{cpu: 0.25, memory: 512MiB}", 256, 512, (256, 512), (256, 512)),
        ("{cpu: 0.05, memory: 16MiB}", 52, 16, (128, 16), (256, 512)),
        ("{cpu: 0.3, memory: 700MiB}", 308, 700, (308, 700), (512, 1024)),
        ("{cpu: 1, memory: 6291457B}", 1024, 7, (1024, 7), (1024, 2048)),
        ("{memory: 64MiB}", None, 64, (None, 64), None),
        ("{cpu: 1}", 1024, None, None, None),
        ("{}", None, None, None, None),
    ],
)
def test_what_a_service_takes(resources: str, units: int | None, mib: int | None, on_ec2: object, on_fargate: object) -> None:
    web = service(resources)
    assert (ecs.cpu_units(web), ecs.container_memory(web)) == (units, mib)
    sizes = [ecs.task_size(launch, web) for launch in ("ec2", "fargate")]
    assert [size and (size.cpu, size.memory) for size in sizes] == [on_ec2, on_fargate]


SPEC = f"{HEAD}targets: [nginx, compose]\nservices:\n  web:\n    image: shop/web:1\n    replicas: 3\n"
IMAGE, REPLICAS = ("services", "web", "image"), ("services", "web", "replicas")


def values(_model: object, options: Any) -> list[Measured]:
    """As many as the options say, of two places: one is known by its key, one by its value."""
    return [Measured(IMAGE, options, "`web`"), Measured(REPLICAS, options, "`web`", key=False, help="take fewer")]


def the_model() -> Model:
    model = compiled_text(SPEC).model
    assert model
    return model


def test_a_finding_stands_where_the_value_is_said() -> None:
    held = Held(limit=RANGE, code=ABOVE, below=BELOW, measure=values, help="buy another box")
    row: Table = (
        OutOfReach(limit=BARE, reach=3, why="there are three"),
        Held(limit=RANGE, code=ABOVE, measure=values, answered=True),
        held,
    )
    for count, code, said in ((1, BELOW, "`web` has 1 eggs, the least is 2"), (13, ABOVE, "`web` has 13 eggs, 1 too many")):
        found = list(exceeded(row, the_model(), count, "nginx", sound=True))
        assert [(one.code, one.message, one.target) for one in found] == [(code, said, "nginx")] * 2
        assert [(one.at, one.span and (one.span.line, one.span.column), one.help) for one in found] == [
            ("services.web.image", (7, 5), "buy another box"),
            ("services.web.replicas", (8, 15), "take fewer"),
        ]
    assert list(exceeded(row, the_model(), 12, sound=True)) == []
    assert [one.target for one in exceeded((held,), the_model(), 13, sound=True)] == ["", ""]
    assert [one.help for one in exceeded((Held(limit=RANGE, code=ABOVE, measure=values),), the_model(), 13, sound=True)] == [
        None,
        "take fewer",
    ]
    written = Held(limit=RANGE, code=ABOVE, written=values)
    assert len(list(exceeded((written,), the_model(), 13, sound=True))) == 2
    assert list(exceeded((written,), the_model(), 13, sound=False)) == []


def test_another_target_has_one_note_for_all_its_errors() -> None:
    warned = Code("TW3", "", Severity.WARNING, why="", raised_by="this test")

    def row(count: int, code: Code = ABOVE, first: int = 13) -> Table:
        def measure(model: Model, options: Any) -> list[Measured]:
            assert (model.name, options) == ("shop-prod", None)
            return [Measured(IMAGE, first, "`web`"), Measured(REPLICAS, 14, "`api`")][:count]

        held = Held(limit=RANGE, code=code, below=warned, measure=measure, written=values)
        return (OutOfReach(limit=BARE, reach=3, why=""), held)

    (one,) = elsewhere(the_model(), "ecs", row(1))
    assert one.message == "compiles for compose, nginx; would not for ecs: `web` has 13 eggs, 1 too many"
    assert (one.code, one.at, one.target) == (LIMITS_ELSEWHERE, "targets", "")
    assert one.span
    assert (one.span.line, one.span.column) == (4, 1)
    assert one.help == f"if it is never to run there: `# twipc: ignore[{LIMITS_ELSEWHERE.id}] …`"
    (related,) = one.related
    assert related.span
    assert (related.message, related.span.line, related.span.column) == ("here `web` has 13 eggs, 1 too many", 7, 5)
    (two,) = elsewhere(the_model(), "ecs", row(2))
    assert two.message == f"{one.message}; and 1 more"
    assert list(elsewhere(the_model(), "ecs", row(0))) == []
    assert list(elsewhere(the_model(), "ecs", row(2, warned))) == []
    assert list(elsewhere(the_model(), "ecs", row(1, first=1))) == []


def test_a_server_for_some_hosts_is_no_config_that_is_too_large() -> None:
    spec = f"""{HEAD}targets: {{swarm: {{}}}}
services:
  web: {{image: shop/web:1, ports: {{http: 8080}}}}
  edge:
    http:
      engine: {{name: nginx, version: "1.30"}}
      listen: 8080
      backends: {{app: {{members: [web.http]}}}}
      routes: [{{match: {{prefix: /, host: [shop.example]}}, backend: app}}]
      default: {{status: 404}}
"""
    outcome = compiled_text(spec)
    assert outcome.compiled
    assert "SWARM104" not in outcome.codes


def test_an_error_page_without_content_is_no_config_of_a_swarm() -> None:
    spec = f"""{HEAD}targets: {{swarm: {{}}}}
services:
  web: {{image: shop/web:1, ports: {{http: 8080}}}}
  edge:
    http:
      engine: {{name: nginx, version: "1.30"}}
      listen: 8080
      backends: {{app: {{members: [web.http]}}}}
      routes: [{{match: {{prefix: /}}, backend: app}}]
      default: {{status: 404}}
      error_pages:
        - {{status: [404], page: full.html}}
        - {{status: [500], page: empty.html}}
"""
    found = compiled_text(spec, {"full.html": "x", "empty.html": ""}).findings
    (one,) = [one for one in found if one.code.id == "SWARM104"]
    assert (one.message, one.help) == ("`empty.html` has 0 bytes, the least is 1", "give the page some text, or take it out")
    assert (one.at, one.span and (one.span.line, one.span.column)) == ("services.edge.http.error_pages.1.page", (16, 33))
