"""Plans are data: what would be done, from what is there."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.compose.observe import observe
from targets.compose.runtime import down, is_rollable, up
from targets.swarm.runtime import scale as swarm_scale
from targets.swarm.runtime import up as swarm_up
from tests.compiling import compiled_spec, compiled_text
from twipc.cli.telling import Voice
from twipc.model import Model
from twipc.run import Runner
from twipc.run.carry import carry_out
from twipc.target.order import levels, patience
from twipc.target.runtime import Answer, Asking, Ended, Instance, Look, Status, Step, Unanswered, Wait

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\n"


LOCKED = "command: [serve], mode: {active-standby: {lock: /data/.lock}}"


def model_of(body: str) -> Model:
    outcome = compiled_text(HEAD + body)
    assert outcome.model, outcome.findings
    return outcome.model


def instance(service: str, number: int = 1, **what: Any) -> Instance:
    said: dict[str, Any] = {"state": "running", "health": "", "exit_code": 0, "restarts": 0, "current": True, **what}
    return Instance(f"{service}{number}", f"shop-prod-{service}-{number}", service, number, **said)


@pytest.mark.parametrize(
    ("name", "order"),
    [("train", (("web1", "web2"), ("static",))), ("prod", (("static", "web"), ("proxy",)))],
)
def test_who_is_waited_for_or_sent_to_comes_first(name: str, order: tuple[tuple[str, ...], ...]) -> None:
    model = compiled_spec(name).model
    assert model
    assert levels(model) == order


def test_a_circle_of_proxies_and_members_leaves_the_order_of_the_spec() -> None:
    body = """\
services:
  edge:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
  web: {image: "shop/web:1", ports: {http: 8080}, depends_on: [edge]}
"""
    assert levels(model_of(body)) == (("edge",), ("web",))


def test_patience_is_that_of_the_slowest_of_each_level() -> None:
    body = """\
services:
  quick: {image: "shop/q:1", health: {command: [check], interval: 1s, timeout: 1s, failures: 1, start_period: 1s}}
  slow: {image: "shop/s:1", health: {command: [check], interval: 1s, timeout: 1s, failures: 1, start_period: 60s}}
  after: {image: "shop/a:1", depends_on: [slow]}
"""
    assert patience(model_of(body), ["quick", "slow", "after"]) == 62 + 5 + 30


@pytest.mark.parametrize(
    ("service", "may"),
    [
        ("", True),
        ("publish: [{port: http, host: 80}]", False),
        ("publish: [{port: http, host: ephemeral}]", True),
        ("mounts: {/data: news}", False),
        ("mounts: {/data: both}", True),
        (f"mounts: {{/data: news}}, {LOCKED}", True),
        (f"mounts: {{/data: news, /own: own}}, {LOCKED}", False),
        ("mounts: {/data: own}", False),
        ("rollout: {order: stop-first}", False),
        ("kind: job", False),
    ],
)
def test_two_versions_at_once_only_where_nothing_is_held_by_one(service: str, may: bool) -> None:
    body = f"""\
services:
  web: {{image: "shop/web:1", ports: {{http: 8080}}{", " + service if service else ""}}}
volumes: {{news: {{access: single-writer}}, both: {{access: shared}}, own: {{access: per-replica, retention: delete}}}}
"""
    model = model_of(body)
    assert is_rollable(model, model.environment.services["web"]) is may


@pytest.mark.parametrize(
    ("old", "ended_first"), [(("/data/.lock", "/data=news"), False), (("/data/.lock", "/data=other"), True), ((), True)]
)
def test_who_would_not_wait_for_the_old_ones_begins_after_their_end(old: tuple[str, ...], ended_first: bool) -> None:
    body = f"""\
services: {{web: {{image: "shop/web:1", mounts: {{/data: news}}, {LOCKED}}}}}
volumes: {{news: {{access: single-writer}}}}
"""
    model = model_of(body)
    there = [instance("web", number, current=False, guard=old) for number in (1, 2)]
    plan = up(model, "out", Status(tuple(there)), "")
    looks = [part for part in plan if isinstance(part, Look)]
    new = [instance("web", number, state="created", guard=("/data/.lock", "/data=news")) for number in (3, 4)]
    first, start, last = (look.then(Status((*there, *new))) for look in looks)
    assert [step.argv[2] for step in first] == (["stop", "rm"] if ended_first else [])
    assert [step.argv[-1] for step in start] == ["web3", "web4"]
    assert [step.argv[2:] for step in last] == [("stop", "--", "web1", "web2"), ("rm", "--volumes", "--", "web1", "web2")]


def test_what_is_as_meant_is_left_alone_and_what_is_ill_is_waited_for() -> None:
    model = model_of('services: {web: {image: "shop/web:1", replicas: 2}}\n')
    well = Status((instance("web"), instance("web", 2)))
    assert up(model, "out", well, "") == ()
    ill = Status((instance("web"), instance("web", 2, health="starting")))
    (wait,) = up(model, "out", ill, "")
    assert isinstance(wait, Wait)


def test_a_job_that_has_ended_well_is_not_run_again_until_it_changes() -> None:
    model = model_of('services: {job: {kind: job, image: "shop/job:1"}, web: {image: "shop/web:1"}}\n')
    done: dict[str, Any] = {"state": "exited", "job": True}
    assert up(model, "out", Status((instance("job", **done), instance("web"))), "") == ()
    changed = up(model, "out", Status((instance("job", **done, current=False), instance("web"))), "")
    assert [part.argv[-3:] for part in changed if isinstance(part, Step)] == [("create", "--", "job")]
    failed = up(model, "out", Status((instance("job", **done, exit_code=1), instance("web"))), "")
    assert failed[0].why == "make job as the spec says"


def test_who_is_in_no_spec_any_more_is_ended_by_its_id() -> None:
    model = model_of('services: {web: {image: "shop/web:1"}}\n')
    plan = up(model, "out", Status((instance("web"), instance("old"))), "")
    assert [part.argv for part in plan if isinstance(part, Step)] == [
        ("docker", "container", "stop", "--", "old1"),
        ("docker", "container", "rm", "--volumes", "--", "old1"),
    ]


def test_down_ends_also_who_is_in_no_spec_any_more() -> None:
    model = model_of('services: {web: {image: "shop/web:1"}}\n')
    plan = down(model, Status((instance("web"), instance("old", state="exited"))))
    assert [part.argv[2:] for part in plan if isinstance(part, Step)] == [
        ("stop", "--", "web1"),
        ("rm", "--volumes", "--", "web1", "old1"),
    ]


def answers(inspected: str) -> Callable[[Step], Answer]:
    def answer(step: Step) -> Answer:
        said = {"config": "web 1234\n", "image": "sha256:1\n", "ls": "c1\tshop-prod-web-1\tshop-prod\n", "inspect": inspected}
        word = next(word for word in ("config", "image", "network", "ls", "inspect", "") if word in step.argv or not word)
        return Answer(0, said.get(word, ""), "")

    return answer


def asked(asking: Asking[Status], answer: Callable[[Step], Answer]) -> Status:
    step = next(asking)
    while True:
        try:
            step = asking.send(answer(step))
        except StopIteration as ended:
            found: Status = ended.value
            return found


@cache
def small() -> Model:
    return model_of('services: {web: {image: "shop/web:1"}}\n')


def seen(inspected: str) -> Status:
    model, answer = small(), answers(inspected)
    return asked(observe(model, "out"), answer)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
KEYS = st.sampled_from(
    ["Id", "Name", "Config", "Labels", "State", "NetworkSettings", "Ports", "Networks", "Status", "Image", "x"]
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=12
)


@settings(deadline=None)
@given(TREES)
def test_an_answer_of_any_form_is_a_status_or_is_said_to_be_none(tree: object) -> None:
    for said in (tree, [tree]):
        with suppress(Unanswered):
            assert isinstance(seen(json.dumps(said)), Status)


STORE = "mounts: {/data: news}"
LOCK = f"command: [serve], {STORE}, mode: {{active-standby: {{lock: /data/.lock}}}}"
HELD = ("/data/.lock", "shop-prod_news")


@pytest.mark.parametrize(
    ("service", "old", "ended"),
    [
        (LOCK, (), True),
        (LOCK, HELD, False),
        (LOCK, ("/data/.lock", "shop-prod_other"), True),
        (LOCK, ("/data/other", "shop-prod_news"), True),
        (STORE, HELD, True),
        (STORE, (), False),
        ("replicas: 2", (), False),
    ],
)
def test_a_stack_is_not_updated_beside_who_writes_under_another_lock(service: str, old: tuple[str, ...], ended: bool) -> None:
    volumes = "volumes: {news: {access: single-writer}}\n" if "mounts" in service else ""
    body = f"services: {{web: {{image: shop/web:2, {service}}}}}\n{volumes}"
    model = model_of(body)
    there = instance("web", current=False, guard=old, writes=("shop-prod_news",))
    plan = swarm_up(model, "out", Status((there,), groups={"web": "id1"}), "")
    steps = [part.argv[1:3] for part in plan if isinstance(part, Step)]
    assert steps == [*([("service", "scale")] if ended else []), ("stack", "deploy")]
    assert any(isinstance(part, Ended) for part in plan) is ended


def test_who_writes_what_another_is_to_write_ends_before_that_begins() -> None:
    model = model_of(f"services: {{site: {{image: shop/web:1, {STORE}}}}}\nvolumes: {{news: {{access: single-writer}}}}\n")
    web = instance("web", writes=("shop-prod_news",))
    other = instance("other", writes=("shop-prod_theirs",))
    there = Status((web, other), groups={"web": "id1", "other": "id2"})
    first, *rest = up(model, "out", there, "")
    assert isinstance(first, Step)
    assert first.argv[2:] == ("stop", "--", "web1")
    assert isinstance(rest[0], Step)
    assert rest[0].argv[1] == "compose"
    first, *rest = swarm_up(model, "out", there, "")
    assert isinstance(first, Step)
    assert first.argv[1:] == ("service", "scale", "--detach", "shop-prod_web=0")
    assert isinstance(rest[0], Ended)


def test_a_service_of_a_swarm_is_scaled_to_nothing_when_nothing_of_it_runs() -> None:
    model = model_of("services: {web: {image: shop/web:1}}\n")
    there = Status((instance("web"),), groups={"web": "id1"})
    step, ended = swarm_scale(model, "out", there, "web", 0)
    assert isinstance(step, Step)
    assert isinstance(ended, Ended)
    looks = iter([Status(ending={"web": 1}), Status((instance("web", state="exited"),))])

    def observe() -> Asking[Status]:
        yield from ()
        return next(looks)

    carry_out((ended,), Runner(Path()), observe, Voice(io.StringIO(), json=True, live=False))
    assert next(looks, None) is None
