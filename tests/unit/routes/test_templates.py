"""Load balancers of anybody's template as tables of routes: what is understood, what is left open, and what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.ecs.reading.routes import tables
from twipc.routes.cases import Case
from twipc.routes.follow import taken
from twipc.routes.table import OPEN, Site

KIND = "AWS::ElasticLoadBalancingV2::"
Resources = dict[str, dict[str, Any]]


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"{KIND}{kind}", "Properties": properties}


def forward(group: str) -> list[dict[str, Any]]:
    return [{"Type": "forward", "TargetGroupArn": {"Ref": group}}]


def shared(*groups: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": [*groups]}}]


def rule(priority: object, conditions: object, actions: object = None) -> dict[str, Any]:
    said = {"ListenerArn": {"Ref": "Http"}, "Priority": priority, "Conditions": conditions}
    return of("ListenerRule", **said, Actions=forward("Api") if actions is None else actions)


def paths(*values: str) -> list[dict[str, Any]]:
    return [{"Field": "path-pattern", "PathPatternConfig": {"Values": [*values]}}]


def listener(port: int = 80, protocol: str = "HTTP", **more: Any) -> dict[str, Any]:
    return of("Listener", LoadBalancerArn={"Ref": "Alb"}, Port=port, Protocol=protocol, DefaultActions=forward("Web"), **more)


ALB: Resources = {"Alb": of("LoadBalancer", Type="application"), "Http": listener(), "Web": of("TargetGroup")}


def answer(resources: Resources, url: str, method: str = "GET", host: str = "a.example", name: str = "Alb") -> str:
    table = tables(json.dumps({"Resources": resources}, indent=2))[name]
    return str(taken(Site(name, {name: table}), Case("http", method, host), url.encode(), raw=True))


def test_the_lowest_priority_is_asked_first_and_the_default_last() -> None:
    rules = {"B": rule("20", paths("/a*"), forward("Late")), "A": rule(10, paths("/a/?", "/b"))}
    asked = {url: answer({**ALB, **rules}, url) for url in ("/a/b", "/a/bc", "/b", "/B", "/")}
    assert asked == {
        "/a/b": "backend Api",
        "/a/bc": "backend Late",
        "/b": "backend Api",
        "/B": "backend Web",
        "/": "backend Web",
    }


@pytest.mark.parametrize(
    ("condition", "url", "method", "host", "takes"),
    [
        ({"Field": "path-pattern", "Values": ["/x"]}, "/x", "GET", "a.example", True),
        ({"Field": "host-header", "Values": ["*.Example"]}, "/x", "GET", "A.example", True),
        ({"Field": "host-header", "HostHeaderConfig": {"Values": ["b.example"]}}, "/x", "GET", "a.example", False),
        ({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT", "PUT"]}}, "/x", "PUT", "a", True),
        ({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}, "/x", "GET", "a", False),
    ],
)
def test_what_a_condition_takes(condition: dict[str, Any], url: str, method: str, host: str, takes: bool) -> None:
    found = answer({**ALB, "A": rule(1, [condition])}, url, method, host)
    assert found == ("backend Api" if takes else "backend Web")


@pytest.mark.parametrize(
    "more",
    [
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a", "Value": "b"}]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X", "Values": ["y"]}},
        {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/x$"]}},
        {"Field": "host-header", "HostHeaderConfig": {"Values": [{"Fn::Sub": "${Name}.example"}]}},
        {"Fn::If": ["Prod", {}, {}]},
        "x",
        {},
    ],
    ids=str,
)
def test_what_else_is_asked_is_left_open_and_only_where_it_may_be(more: object) -> None:
    resources = {**ALB, "A": rule(1, [{"Field": "http-request-method", "Values": ["PUT"]}, more])}
    assert answer(resources, "/x", "PUT").startswith(OPEN)
    assert answer(resources, "/x") == "backend Web"


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        ([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": 403}}], "status 403"),
        (
            [{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Path": "/new", "Query": ""}}],
            "redirect 301 to /new",
        ),
        ([{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Path": {"Fn::Sub": "${P}"}}}], OPEN),
        (forward("Tagged"), "backend api"),
        ([{"Type": "forward", "TargetGroupArn": "arn:aws:x"}], "backend arn:aws:x"),
        ([{"Type": "forward", "TargetGroupArn": {"Fn::ImportValue": "x"}}], "backend elsewhere"),
        (shared({"TargetGroupArn": {"Ref": "Old"}, "Weight": 0}, {"Weight": 9}), "backend elsewhere"),
        (shared({"TargetGroupArn": {"Ref": "Old"}, "Weight": 0}), OPEN),
        ([{"Type": "authenticate-oidc", "Order": 1}, *forward("Api")], OPEN),
        ([], OPEN),
        ("x", OPEN),
        ({}, OPEN),
    ],
    ids=str,
)
def test_what_is_done(actions: object, said: str) -> None:
    tagged = of("TargetGroup", Tags=[{"Key": "backend", "Value": "api"}])
    found = answer({**ALB, "Tagged": tagged, "A": rule(1, paths("/x"), actions)}, "/x")
    assert found.startswith(said)


def test_listeners_that_do_the_same_are_one_and_others_are_told_by_port() -> None:
    def names(*more: dict[str, Any]) -> list[str]:
        resources = {**ALB, **{f"More{number}": one for number, one in enumerate(more)}}
        return sorted(tables(json.dumps({"Resources": resources})))

    assert names() == names(listener(8080)) == names(listener(443, "HTTPS")) == ["Alb"]
    other = listener(8080)
    other["Properties"]["DefaultActions"] = forward("Other")
    assert names(other) == ["Alb:80", "Alb:8080"]
    secure = {**other, "Properties": {**other["Properties"], "Protocol": "HTTPS"}}
    assert names(secure) == ["Alb"]


def test_who_comes_by_https_has_rules_of_his_own() -> None:
    secure = listener(443, "HTTPS")
    secure["Properties"]["DefaultActions"] = forward("Secure")
    [table] = tables(json.dumps({"Resources": {**ALB, "Secure": secure, "A": rule(1, paths("/x"))}})).values()
    site = Site("Alb", {"Alb": table})
    asked = {
        (scheme, url): str(taken(site, Case(scheme, "GET", "a"), url, raw=True))
        for scheme in ("http", "https")
        for url in (b"/x", b"/")
    }
    assert table.https
    assert asked == {
        ("http", b"/x"): "backend Api",
        ("http", b"/"): "backend Web",
        ("https", b"/x"): "backend Secure",
        ("https", b"/"): "backend Secure",
    }


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ({}, "no application load balancer in it has a listener"),
        ({**ALB, "Alb": of("LoadBalancer", Type="network")}, "no application load balancer in it has a listener"),
        ({**ALB, "Http": listener(protocol="TCP")}, "no application load balancer in it has a listener"),
        ({**ALB, "A": rule({"Ref": "Priority"}, [])}, "`A` has no priority that is a number"),
        ({**ALB, "A": rule(None, [])}, "`A` has no priority that is a number"),
    ],
)
def test_what_has_no_table_says_why(resources: Resources, why: str) -> None:
    with pytest.raises((LookupError, ValueError)) as found:
        tables(json.dumps({"Resources": resources}))
    assert found.value.args[0].startswith(why)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"Resources": 1}', '{"Resources": []}', "[" * 100_000, '{"Resources": {"A": {"Type": 1}}}']
)
def test_no_text_is_a_bug(text: str) -> None:
    with pytest.raises((LookupError, ValueError)):
        tables(text)


def test_a_template_that_goes_deep_has_its_table() -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]
    assert answer({**ALB, "A": rule(1, deep)}, "/").startswith(OPEN)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("Ref", "Key", "Value", "Field")), inner),
    max_leaves=6,
)
PROPERTIES = (
    *("Type", "Tags", "LoadBalancerArn", "Port", "Protocol", "DefaultActions"),
    *("ListenerArn", "Priority", "Conditions", "Actions"),
)
WHOLE: Resources = {**ALB, "Rule": rule(1, paths("/x"))}


@given(st.sampled_from(sorted(WHOLE)), st.dictionaries(st.sampled_from(PROPERTIES), JSON))
def test_whatever_a_template_says_it_is_told_in_one_line(id_: str, properties: dict[str, Any]) -> None:
    said = {**WHOLE[id_], "Properties": {**WHOLE[id_]["Properties"], **properties}}
    told = ""
    try:
        assert tables(json.dumps({"Resources": {**WHOLE, id_: said}}))
    except (LookupError, ValueError) as problem:
        told = str(problem.args[0])
    assert "\n" not in told
