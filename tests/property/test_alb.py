"""Load balancers in the place of servers: read back as meant, and their rules take the requests that the routes say."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from targets.ecs.answers.alb import ALB, OUTSIDE
from targets.ecs.reading.routes import tables
from tests.compiling import Outcome, compiled_text
from tests.fields import FIELD_CHANGES
from tests.property import test_laws as laws
from tests.strategies import PAGES, Spec, as_text, specs, targets_of
from twipc.routes import meant
from twipc.routes.cases import Case
from twipc.routes.follow import taken
from twipc.routes.table import Answer, Site
from twipc.target import OF_PROGRAMS, Outside, When
from twipc.target import Answer as TargetAnswer
from twipc.target.fields import all_fields

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = ("images", "x", "X", "a.b", "a_b", "~a", "it's", "a+b", "a:b", "a@b", "$a", "-", "twipc")
PATHS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda words: "/" + "/".join(words))
PREFIXES = st.one_of(st.just("/"), PATHS, PATHS.map(lambda path: f"{path}/"))
GLOBS = st.one_of(PATHS, PATHS.map(lambda path: f"{path}/**"), PATHS.map(lambda path: f"/**{path}"), st.just("/**x**y**"))
HOSTS = st.sampled_from(("shop.example", "*.shop.example", "a.shop.example", "x-1.example", "b.example", "c.d.example"))
METHODS = st.sampled_from(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


@st.composite
def matches(draw: st.DrawFn) -> Spec:
    """Conditions that have words there, more of them than a rule has room for."""
    found: Spec = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "prefix": st.lists(PREFIXES, min_size=1, max_size=4, unique=True),
                "exact": st.lists(PATHS, min_size=1, max_size=4, unique=True),
                "glob": st.lists(GLOBS, min_size=1, max_size=4, unique=True),
            },
        )
    )
    found = dict(list(found.items())[:1]) or {"prefix": ["/"]}
    if draw(st.booleans()):
        found["host"] = draw(st.lists(HOSTS, min_size=1, max_size=6, unique=True))
    if draw(st.booleans()):
        found["method"] = draw(st.lists(METHODS, min_size=1, max_size=7, unique=True))
    return found


SENT = st.sampled_from(
    (
        {"to": "/new/?a=b", "match": {"exact": ["/from"]}},
        {"to": "https://www.example.com", "match": {"exact": ["/from", "/-"]}},
        {"to": "https://www.example.com:8443/x", "match": {"prefix": ["/from/"]}},
        {"host": "www.example.com", "match": {"prefix": ["/"], "host": ["shop.example", "*.b.example"]}},
        {"scheme": "https"},
        {"scheme": "https", "port": 8443},
    )
)
ROUTES = st.lists(
    st.one_of(
        matches().map(lambda match: {"match": match, "backend": "app"}),
        st.builds(
            lambda match, to, status: {
                "match": to.get("match", match),
                "redirect": {key: value for key, value in to.items() if key != "match"} | {"status": status},
            },
            matches(),
            SENT,
            st.sampled_from((301, 302, 303, 307, 308)),
        ),
    ),
    max_size=5,
)


LOGS = ({"bucket": "logs.shop-1"}, {"bucket": "a-1", "prefix": "a_b/-/C.d"}, {"bucket": "abc", "prefix": "true"})


@st.composite
def balanced(draw: st.DrawFn) -> Spec:
    """A spec on ECS whose servers have nothing that a load balancer could not match."""
    spec: Spec = draw(specs())
    assume("edge" in spec["services"])
    for service in spec["services"].values():
        if "http" in service:
            service["http"]["routes"] = draw(ROUTES)
            if not any("backend" in route for route in service["http"]["routes"]):
                service["http"]["default"] = {"backend": "app"}
    return {**spec, "targets": {"ecs": alb(draw, spec)}}


def alb(draw: st.DrawFn, spec: Spec) -> Spec:
    options: Spec = {**targets_of(spec)["ecs"], "ingress": "alb"}
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    if draw(st.booleans()) and "tls" in spec["services"]["edge"]["http"]:
        options["certificates"] = {"edge": arn}
        spec["services"]["edge"]["publish"].append({"port": "https", "host": 443})
    if draw(st.booleans()):
        options["load_balancer"] = {"access_logs": draw(st.sampled_from(LOGS))}
    for option in draw(st.sets(st.sampled_from(("cluster", "security_groups", "execution_role", "cloud_map_services")))):
        del options[option]
    return options


def fitting(spec: Spec) -> Outcome:
    """What comes of it without options that have no effect, and with every loss accepted."""
    spec = json.loads(json.dumps(spec))
    accept: list[Spec] = []
    while True:
        outcome = compiled_text(as_text({**spec, "accept": accept}), PAGES)
        unused = [one.at for one in outcome.findings if one.code.id == "ECS102"]
        for at in unused:
            node: Any = spec
            *before, last = at.split(".")
            for step in before:
                node = node[step]
            del node[last]
        lost = [f for f in outcome.findings if f.code.id.startswith("TW51") and f.severity.value == "error"]
        accept += [{"code": f.code.id, "at": f.at, "target": "ecs", "because": "drawn"} for f in lost]
        if not unused and not lost:
            return outcome


def of_alb(spec: Spec) -> Spec:
    """The options of ECS for the specs of the field laws: nobody is looked for by name there but by the server."""
    options: Spec = {**targets_of(spec)["ecs"], "ingress": "alb"}
    for option in ("namespace", "cloud_map_services"):
        del options[option]
    options["target_groups"] = {name: groups for name, groups in options["target_groups"].items() if name != "edge"}
    options["task_roles"] = {name: role for name, role in options["task_roles"].items() if name != "edge"}
    return {"ecs": options}


@pytest.mark.parametrize(
    ("engine", "field"), [(engine, field) for engine, changes in FIELD_CHANGES.items() for field in changes], ids=str
)
def test_every_field_matters_or_is_answered_for(engine: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The law of all targets, where a load balancer takes the server's place."""
    monkeypatch.setattr(laws, "targets_of", of_alb)
    laws._unchanged.cache_clear()
    try:
        laws.test_every_field_matters_or_is_answered_for("ecs", engine, field)
    finally:
        laws._unchanged.cache_clear()


KEPT = {f"service.{field}" for field in OF_PROGRAMS if field != "init"} | {
    *("service.command", "service.mounts", "service.configs"),
    *("service.mode.active-standby.standbys", "service.mode.active-standby.lock"),
}
"""Of services, what no server has: it runs no program of the spec's, and with files it does not give way."""


def test_each_field_of_a_server_has_an_answer() -> None:
    """A new one fails here: what becomes of it where no server runs is said in answers/alb.py."""
    fields = {field for field in all_fields() if field.startswith(("service.", "http.", "backend."))}
    assert fields - set(ALB) == KEPT
    outside = {field for field, answer in ALB.items() if _is_outside(answer)}
    assert outside <= {*OUTSIDE, "backend.max_members", "http.stats.port"}


def _is_outside(answer: TargetAnswer) -> bool:
    if isinstance(answer, When):
        return _is_outside(answer.then) or _is_outside(answer.otherwise)
    return isinstance(answer, Outside)


@SLOW
@given(balanced())
def test_what_takes_a_servers_place_is_read_back_as_it_was_meant(spec: Spec) -> None:
    outcome = fitting(spec)
    wrong = [f"{f.code.id} {f.at} {f.message}" for f in outcome.findings if f.severity.value == "error"]
    if "ECS111" in outcome.codes:  # without a template nothing may be left unsaid
        wrong = [one for one in wrong if not one.startswith("ECS101")]
    assert outcome.compiled or not wrong, wrong


def template_of(outcome: Outcome) -> Any:
    return json.loads(outcome.compiled[0].bundle.texts["template.json"])


def answered(resources: Any, listener: str, method: str, host: str, path: str) -> Any:
    """What a load balancer does with a request, as AWS says: unproven, for none was asked.

    "evaluated in priority order, from the lowest value to the highest value. The default rule is evaluated last" (ELB guide,
    listener rules); conditions of a rule are all met, of the values of one any (condition types); "The comparison is case
    sensitive" for paths and methods and "case insensitive" for hosts, `*` "matches 0 or more characters", `?` "exactly 1
    character" (API reference, PathPatternConditionConfig and HostHeaderConditionConfig).
    """
    rules = [
        one["Properties"]
        for one in resources.values()
        if one["Type"].endswith("::ListenerRule") and one["Properties"]["ListenerArn"] == {"Ref": listener}
    ]
    for rule in sorted(rules, key=lambda rule: rule["Priority"]):
        if all(met(condition, method, host, path) for condition in rule["Conditions"]):
            return rule["Actions"]
    return resources[listener]["Properties"]["DefaultActions"]


def met(condition: Any, method: str, host: str, path: str) -> bool:
    if condition["Field"] == "http-request-method":
        return method in condition["HttpRequestMethodConfig"]["Values"]
    if condition["Field"] == "host-header":
        return any(wild(value.lower(), host.lower()) for value in condition["HostHeaderConfig"]["Values"])
    return any(wild(value, path) for value in condition["PathPatternConfig"]["Values"])


def wild(value: str, text: str) -> bool:
    signs = (".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in value)
    return re.fullmatch("".join(signs), text, re.DOTALL) is not None


def told(actions: Any) -> Answer:
    """An action as the answer of a route."""
    [action] = actions
    if action["Type"] == "fixed-response":
        return Answer("status", action["FixedResponseConfig"]["StatusCode"])
    if action["Type"] == "forward":
        return Answer("backend", "app")
    to = action["RedirectConfig"]
    return Answer("redirect", to["StatusCode"].removeprefix("HTTP_"))


ASKED_PATHS = st.one_of(
    PREFIXES,
    PATHS.map(lambda path: f"{path}/"),
    st.tuples(PATHS, PATHS).map("".join),
    st.sampled_from(("/from", "/from/x", "/-", "/.twipc/", "/.twipc/x", "/.twipc", "/x/y", "/axbyc", "/imagesx", "/ready")),
)
ASKED_HOSTS = st.sampled_from(
    ("shop.example", "SHOP.example", "a.shop.example", "x.a.shop.example", "ashop.example", "b.example", "z.b.example", "other")
)


@SLOW
@given(balanced(), st.lists(st.tuples(METHODS, ASKED_HOSTS, ASKED_PATHS), min_size=5, max_size=30))
def test_rules_take_the_requests_that_the_routes_take(spec: Spec, requests: list[tuple[str, str, str]]) -> None:
    outcome = fitting(spec)
    assume(outcome.compiled and "template.json" in outcome.compiled[0].bundle.texts)
    model, resources = outcome.compiled[0].model, template_of(outcome)["Resources"]
    assume("EdgeLoadBalancer" in resources)
    secure = "EdgeListener443" in resources
    table = meant.server(model, "edge", https=secure)
    read = Site("edge", {"edge": tables(outcome.compiled[0].bundle.texts["template.json"])["edge"]})
    for listener, scheme in (("EdgeListener8000", "http"), *((("EdgeListener443", "https"),) if secure else ())):
        for method, host, path in requests:
            [answer] = taken(Site("edge", {"edge": table}), Case(scheme, method, host), path.encode()).answers
            if answer.kind == "redirect":
                status, _, _ = answer.what.partition(" ")
                answer = Answer("redirect", {"308": "301", "307": "302", "303": "302"}.get(status, status))
            assert told(answered(resources, listener, method, host, path)) == answer, (scheme, method, host, path)
            [seen] = taken(read, Case(scheme, method, host), path.encode(), raw=True).answers
            assert (seen.kind, seen.what.partition(" ")[0]) == (answer.kind, answer.what), "`twipc routes` tells the same"
