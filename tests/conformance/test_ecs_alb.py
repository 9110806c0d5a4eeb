"""Load balancers in the place of servers: what cfn-lint says of their template, how routes become rules, what has no words."""

from __future__ import annotations

import json
import random
from typing import Any

import botocore.session
import pytest
from cfnlint.api import lint_all

from bench.faults import faults
from targets.ecs.alb.conditions import Conditions, Unsayable, conditions
from tests.compiling import Outcome, compiled_text
from tests.conformance.test_ecs_template import FILE, noticed, text_of
from tests.strategies import PAGES
from twipc.spec import Match

CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
SHOP = f"""\
twipc: 1
project: shop
environment: prod
targets:
  ecs:
    launch: fargate
    region: eu-west-1
    subnets: [subnet-0a1b2c3d]
    ingress: alb
    certificates: {{edge: "{CERTIFICATE}"}}
services:
  edge:
    http:
      engine: {{name: haproxy, version: "3.2"}}
      listen: 8080
      tls: {{listen: 8443, certificate: cert}}
      backends:
        app: {{members: [web.http, more.http], sticky: {{cookie: SRV}}, balance: least-connections}}
        admin: {{members: [web.admin], websockets: 5m}}
      routes:
        - {{match: {{prefix: /, host: [old.example]}}, redirect: {{host: www.example, status: 301}}}}
        - {{match: {{prefix: /}}, redirect: {{scheme: https, status: 301}}}}
        - {{match: {{prefix: [/admin, /a/], host: ["*.shop.example"], method: [GET, HEAD, POST, PUT]}}, backend: admin}}
        - {{match: {{exact: [/go]}}, redirect: {{to: "https://www.example/x?y=z", status: 302}}}}
        - {{match: {{glob: ["/**.png"]}}, backend: app}}
        - {{match: {{prefix: /}}, backend: app}}
      default: {{status: 404}}
      error_pages: [{{status: [404], page: pages/404.html}}]
    publish: [{{port: http, host: 80}}, {{port: https, host: 443}}]
    networks: [front, back]
  web:
    image: shop/web:1
    ports: {{http: 8080, admin: 9000}}
    ready: {{http: {{path: /ready, port: admin}}, interval: 6s, timeout: 2s, failures: 3, successes: 2}}
    resources: {{cpu: 0.25, memory: 512MiB}}
    networks: [back]
  more:
    image: shop/more:1
    ports: {{http: 8081, admin: 9000}}
    ready: {{http: {{path: /ready, port: admin}}, interval: 6s, timeout: 2s, failures: 3, successes: 2}}
    resources: {{cpu: 0.25, memory: 512MiB}}
    networks: [back]
networks: {{front: {{}}, back: {{internal: true}}}}
secrets: {{cert: {{file: cert.pem}}}}
accept:
  - {{code: TW511, at: services.edge.http.routes, target: ecs, because: paths are plain here}}
  - {{code: TW513, at: networks.back.internal, target: ecs, because: AWS has its endpoints anywhere}}
"""


def shop(*changes: tuple[str, str]) -> Outcome:
    text = SHOP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return compiled_text(text, PAGES)


LOGGED = ("ingress: alb\n", "ingress: alb\n    load_balancer: {access_logs: {bucket: shop-logs, prefix: shop/prod}}\n")


def resources_of(outcome: Outcome) -> Any:
    return json.loads(text_of(outcome))["Resources"]


def rules_of(outcome: Outcome, listener: str) -> list[tuple[dict[str, list[str]], str]]:
    """What each rule takes, by field, and in short what it does."""
    rules = [
        one["Properties"]
        for one in resources_of(outcome).values()
        if one["Type"].endswith("::ListenerRule") and one["Properties"]["ListenerArn"] == {"Ref": listener}
    ]
    return [
        (
            {
                condition["Field"]: config["Values"]
                for condition in rule["Conditions"]
                for key, config in condition.items()
                if key != "Field"
            },
            short(rule["Actions"][0]),
        )
        for rule in sorted(rules, key=lambda rule: rule["Priority"])
    ]


def short(action: Any) -> str:
    if action["Type"] == "redirect":
        to = action["RedirectConfig"]
        return f"{to['StatusCode']} {to['Protocol']}://{to['Host']}:{to['Port']}{to['Path']}?{to['Query']}"
    if action["Type"] == "fixed-response":
        return str(action["FixedResponseConfig"]["StatusCode"])
    groups = action.get("ForwardConfig", {}).get("TargetGroups") or [action]
    return " ".join(one["TargetGroupArn"]["Ref"] for one in groups)


OWN: list[tuple[dict[str, list[str]], str]] = [
    ({"path-pattern": ["*/../*", "*/.."]}, "400"),
    ({"path-pattern": ["*/./*", "*/."]}, "400"),
    ({"path-pattern": ["/.twipc/*"]}, "404"),
]


def test_cfn_lint_has_nothing_to_say() -> None:
    for outcome in (shop(), shop(('["*.shop.example"]', '["*.shop.example", a.example, b.example]'))):
        assert outcome.compiled, [f"{one.code.id} {one.message}" for one in outcome.findings]
        assert not [str(found) for found in lint_all(text_of(outcome)) if found.rule.id != "I4010"]


def test_each_fault_in_a_line_of_it_is_noticed() -> None:
    [one] = shop().compiled
    artifact = next(artifact for artifact in one.bundle.artifacts if artifact.path == FILE)
    some = list(faults(artifact, random.Random(1)))[::5]  # all of them take minutes
    missed = [str(fault) for fault, text in some if not noticed(one, text)]
    # What ECS does anyway, and what a redirect keeps, may be left out; what is allowed may be said twice.
    same = ('"InitProcessEnabled": false,', '"logs:', '"ecr:', ': "#{', ': "/#{')
    assert [fault for fault in missed if not any(word in fault for word in same)] == []


def test_routes_become_rules_in_their_order() -> None:
    plain, secure = rules_of(shop(), "EdgeListener80"), rules_of(shop(), "EdgeListener443")
    app = "WebOn8080InAppOfEdgeTargets MoreOn8081InAppOfEdgeTargets"
    admin = "WebOn9000InAdminOfEdgeTargets"
    host = ({"host-header": ["old.example"]}, "HTTP_301 #{protocol}://www.example:#{port}/#{path}?#{query}")
    hosts, methods = ["*.shop.example"], ["GET", "HEAD", "POST", "PUT"]
    assert plain[:5] == [*OWN, host, ({"path-pattern": ["/*"]}, "HTTP_301 HTTPS://#{host}:443/#{path}?#{query}")]
    assert secure[:4] == [*OWN, host]
    split = [one for one, answer in secure if answer == admin]
    assert {path for one in split for path in one["path-pattern"]} == {"/admin", "/admin/*", "/a/*"}
    assert all(one["host-header"] == hosts and set(one["http-request-method"]) <= set(methods) for one in split)
    assert all(sum(map(len, one.values())) <= 5 for one in split)
    pairs = {(path, method) for one in split for path in one["path-pattern"] for method in one["http-request-method"]}
    assert len(pairs) == 12
    assert secure[-3:] == [
        ({"path-pattern": ["/go"]}, "HTTP_302 HTTPS://www.example:443/x?y=z"),
        ({"path-pattern": ["/*.png"]}, app),
        ({"path-pattern": ["/*"]}, app),
    ]


def test_listeners_end_tls_as_the_spec_asks() -> None:
    resources = resources_of(shop())
    secure = resources["EdgeListener443"]["Properties"]
    assert (secure["Protocol"], secure["SslPolicy"]) == ("HTTPS", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
    assert secure["Certificates"] == [{"CertificateArn": CERTIFICATE}]
    assert secure["ListenerAttributes"] == [
        {"Key": "routing.http.response.strict_transport_security.header_value", "Value": "max-age=63072000"}
    ]
    [default] = resources["EdgeListener80"]["Properties"]["DefaultActions"]
    assert default["FixedResponseConfig"] == {
        "StatusCode": "404",
        "ContentType": "text/html",
        "MessageBody": PAGES["pages/404.html"],
    }


def test_without_a_certificate_nobody_listens_for_https() -> None:
    found = shop((f'    certificates: {{edge: "{CERTIFICATE}"}}\n', ""))
    assert ("TW515", "services.edge.http.tls") in [(one.code.id, one.at) for one in found.findings]
    assert ("TW512", "services.edge.publish.https") in [(one.code.id, one.at) for one in found.findings]
    assert ("TW511", "services.edge.http.routes.1.redirect") in [(one.code.id, one.at) for one in found.findings]


def test_who_comes_by_https_alone_is_not_sent_there() -> None:
    document = json.loads(text_of(shop(("{port: http, host: 80}, ", ""))))
    answers = [
        one["Properties"]["Actions"][0] for one in document["Resources"].values() if one["Type"].endswith("::ListenerRule")
    ]
    sent = [one["RedirectConfig"]["Host"] for one in answers if one["Type"] == "redirect"]
    assert sent == ["www.example"] * 2


ALONE = """\
twipc: 1
project: shop
environment: prod
targets: {ecs: {launch: fargate, region: eu-west-1, ingress: alb}}
services:
  edge:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      routes: []
      default: {status: 404}
    publish: [{port: http, host: 80}]
"""


def test_a_server_may_stand_alone_and_ask_nobody() -> None:
    made = json.loads(text_of(compiled_text(ALONE)))
    assert not [one for one in made["Resources"].values() if one["Type"].startswith("AWS::ECS::Service")]
    routes = 'routes: [{match: {prefix: /}, redirect: {to: "https://www.example/", status: 302}}]'
    assert text_of(compiled_text(ALONE.replace("routes: []", routes)))


def test_a_certificate_is_of_the_region() -> None:
    found = shop(("arn:aws:acm:eu-west-1", "arn:aws:acm:us-east-1"))
    assert ("ECS109", "targets.ecs.certificates.edge") in [(one.code.id, one.at) for one in found.findings]


def test_a_service_is_in_five_target_groups_at_most() -> None:
    ports = {f"p{number}": 9001 + number for number in range(4)}
    said = ", ".join(f"{name}: {number}" for name, number in ports.items())
    published = ", ".join(f"{{port: {name}, host: {number}}}" for name, number in ports.items())
    changes = [("    image: shop/web:1\n", f"    image: shop/web:1\n    publish: [{published}]\n")]
    found = shop(
        *changes,
        ("image: shop/web:1\n", "image: shop/web:1\n"),
        ("{http: 8080, admin: 9000}", f"{{http: 8080, admin: 9000, {said}}}"),
    )
    [one] = [one for one in found.findings if one.code.id == "ECS106"]
    assert one.at == "services.web"


def test_of_the_server_nothing_runs() -> None:
    outcome = shop()
    assert not [id_ for id_ in resources_of(outcome) if id_ in ("EdgeTask", "EdgeService", "EdgeLogs", "EdgeExecutionRole")]
    assert sorted(outcome.compiled[0].bundle.texts) == [FILE]
    assert [one.at for one in outcome.findings if one.code.id == "ECS122"] == ["services.edge"]


def test_anybody_comes_to_the_listeners_alone_and_on_to_the_members_alone() -> None:
    resources = resources_of(shop())
    group = resources["EdgeGroup"]["Properties"]
    assert [(one["FromPort"], one["CidrIp"]) for one in group["SecurityGroupIngress"]] == [
        (80, "0.0.0.0/0"),
        (443, "0.0.0.0/0"),
    ]
    assert [one["Description"] for one in group["SecurityGroupEgress"]] == ["nothing else"]
    apart = {id_ for id_, one in resources.items() if one["Type"].startswith("AWS::EC2::SecurityGroup") and "To" in id_}
    assert apart == {"EdgeToWebOn8080", "EdgeToWebOn9000", "EdgeToMoreOn8081", "EdgeToMoreOn9000"}
    assert {"WebFromEdgeOn8080", "WebFromEdgeOn9000"} <= set(resources["WebService"]["DependsOn"])


def test_a_service_waits_for_all_that_leads_to_it() -> None:
    """ECS refuses a target group that no listener leads to."""
    resources = resources_of(shop())
    led = {id_ for id_, one in resources.items() if "MoreOn8081InAppOfEdgeTargets" in json.dumps(one) and "Listener" in id_}
    assert led <= set(resources["MoreService"]["DependsOn"])
    assert [one["TargetGroupArn"]["Ref"] for one in resources["WebService"]["Properties"]["LoadBalancers"]] == [
        "WebOn8080InAppOfEdgeTargets",
        "WebOn9000InAdminOfEdgeTargets",
    ]


def test_members_are_asked_whether_they_are_ready() -> None:
    group = resources_of(shop())["MoreOn8081InAppOfEdgeTargets"]["Properties"]
    assert (group["HealthCheckPath"], group["HealthCheckPort"], group["Port"]) == ("/ready", "9000", 8081)
    assert (group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]) == (6, 2)
    attributes = {one["Key"]: one["Value"] for one in group["TargetGroupAttributes"]}
    assert attributes["load_balancing.algorithm.type"] == "least_outstanding_requests"
    assert (attributes["stickiness.enabled"], attributes["stickiness.type"]) == ("true", "lb_cookie")
    assert {
        one["Key"]: one["Value"] for one in resources_of(shop())["EdgeLoadBalancer"]["Properties"]["LoadBalancerAttributes"]
    }["idle_timeout.timeout_seconds"] == "300"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            [
                (
                    "        - {match: {exact: [/go]}",
                    "        - {match: {prefix: /f/}, files: /srv}\n        - {match: {exact: [/go]}",
                ),
                ('name: haproxy, version: "3.2"', 'name: nginx, version: "1.30"'),
            ],
            "it has files",
        ),
        ([("host: 80}, {port: https, host: 443}", "host: 80, address: 127.0.0.1}")], "it is not published"),
        (
            [("    image: shop/more:1\n", "    image: shop/more:1\n    env: {EDGE: {address: edge.http}}\n")],
            "`more` has its address",
        ),
    ],
)
def test_a_server_that_is_more_than_routes_stays(changes: list[tuple[str, str]], why: str) -> None:
    [found] = [one for one in shop(*changes).findings if one.at == "targets.ecs.ingress"]
    assert found.code.id == "ECS102"
    assert why in found.message


def as_match(said: dict[str, list[str]]) -> Match:
    fields: Any = {key: tuple(values) for key, values in said.items()}
    return Match.model_construct(**fields)


@pytest.mark.parametrize(
    ("match", "why"),
    [
        ({"glob": ["/a/*/b"]}, "`*` within a segment"),
        ({"exact": ["/a*"]}, "a star"),
        ({"exact": ["/a b"]}, "` `"),
        ({"exact": ["/é"]}, "`é`"),
        ({"exact": ['/"']}, '`"`'),
        ({"exact": ["/a&b"]}, "`&`"),
        ({"prefix": ["/" + 127 * "a"]}, "130 characters"),
        ({"glob": ["/**a**b**c**d**e"]}, "5 stars"),
        ({"prefix": ["/"], "host": ["localhost"]}, "a dot"),
        ({"prefix": ["/"], "host": ["10.0.0.1"]}, "letters"),
        ({"prefix": ["/"], "host": [".".join(["a" * 60] * 2) + ".example"]}, "a host of 129 characters"),
    ],
)
def test_what_no_pattern_says_is_told(match: dict[str, Any], why: str) -> None:
    with pytest.raises(Unsayable) as found:
        conditions(as_match(match))
    assert why in found.value.why


@pytest.mark.parametrize(
    ("match", "rules"),
    [
        ({"prefix": ["/"]}, [((), (), ("/*",))]),
        ({"prefix": ["/x"]}, [((), (), ("/x", "/x/*"))]),
        ({"prefix": ["/x/"]}, [((), (), ("/x/*",))]),
        ({"exact": ["/x", "/x"]}, [((), (), ("/x",))]),
        ({"glob": ["/x", "/**/y**"]}, [((), (), ("/x", "/*/y*"))]),
        ({"prefix": ["/", "/x"], "host": ["a.example"]}, [(("a.example",), (), ())]),
        ({"prefix": ["/a", "/b", "/c"]}, [((), (), ("/a", "/a/*", "/b", "/b/*", "/c")), ((), (), ("/c/*",))]),
        (
            {"prefix": ["/"], "method": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]},
            [((), ("GET", "HEAD", "POST"), ()), ((), ("PUT", "PATCH", "DELETE"), ())],
        ),
        (
            {"glob": ["/**a**b", "/**c**d", "/e"]},
            [((), (), ("/*a*b", "/*c*d", "/e"))],
        ),
        ({"glob": ["/**a**b**c", "/**c**d**e"]}, [((), (), ("/*a*b*c",)), ((), (), ("/*c*d*e",))]),
    ],
)
def test_conditions_are_split_where_a_rule_is_full(match: dict[str, Any], rules: list[tuple[tuple[str, ...], ...]]) -> None:
    assert conditions(as_match(match)) == [Conditions(*rule) for rule in rules]


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("{to: /a#b}", "a fragment"),
        ("{to: /a%20b}", "an escape"),
        ("{to: '/a?b=%20c'}", "an escape"),
        ("{to: 'http://a.example/'}", "http"),
        (f"{{to: /{128 * 'a'}}}", "over 128"),
        ("{to: '/a?'}", "a question mark"),
    ],
)
def test_where_nobody_can_be_sent_is_told(to: str, why: str) -> None:
    found = shop(('{to: "https://www.example/x?y=z", status: 302}', to))
    [one] = [one for one in found.findings if one.code.id == "ECS123"]
    assert why in one.message
    assert one.at == "services.edge.http.routes.3.redirect"


def test_a_redirect_that_keeps_the_method_is_a_loss() -> None:
    found = shop(("redirect: {host: www.example, status: 301}", "redirect: {host: www.example}"))
    assert ("TW511", "services.edge.http.routes.0.redirect") in [(one.code.id, one.at) for one in found.findings]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Priority": 40', '"Priority": 15'),
        ('"/admin/*"', '"/admin*"'),
        ('"HTTP_301"', '"HTTP_302"'),
        ('"Weight": 1', '"Weight": 2'),
        ('"*.shop.example"', '"*.shop.exampl?"'),
        ('"Field": "path-pattern"', '"Field": "host-header"'),
        ('"Ref": "WebOn9000InAdminOfEdgeTargets"', '"Ref": "WebOn8080InAppOfEdgeTargets"'),
        ('"Value": "max-age=63072000"', '"Value": "max-age=0"'),
        ('"Type": "application"', '"Type": "network"'),
        ('"StatusCode": "400"', '"StatusCode": "200"'),
        ('"CidrIp": "0.0.0.0/0"', '"CidrIp": "10.0.0.0/8"'),
    ],
)
def test_other_rules_are_other_routes(old: str, new: str) -> None:
    [one] = shop().compiled
    assert old in one.bundle.texts[FILE]
    assert noticed(one, one.bundle.texts[FILE].replace(old, new))


def logs_of(outcome: Outcome) -> dict[str, str]:
    attributes = resources_of(outcome)["EdgeLoadBalancer"]["Properties"]["LoadBalancerAttributes"]
    return {one["Key"].removeprefix("access_logs.s3."): one["Value"] for one in attributes if one["Key"].startswith("access")}


def test_requests_are_logged_to_the_bucket_that_is_said() -> None:
    logged = shop(LOGGED)
    assert logs_of(logged) == {"bucket": "shop-logs", "enabled": "true", "prefix": "shop/prod"}
    assert logs_of(shop(LOGGED, (", prefix: shop/prod", ""))) == {"bucket": "shop-logs", "enabled": "true"}
    assert logs_of(shop()) == {}
    assert not [str(found) for found in lint_all(text_of(logged)) if found.rule.id != "I4010"]
    told = "http.access_log (a load balancer logs to its bucket, in a form of its own)"
    assert [told in one.message for one in logged.findings if one.code.id == "TW503"] == [True]


def test_an_attribute_is_called_as_the_api_calls_it() -> None:
    """It has them in its text alone."""
    api = botocore.session.get_session().get_service_model("elbv2")
    attribute: Any = api.shape_for("LoadBalancerAttribute")
    text = attribute.members["Key"].documentation
    attributes = resources_of(shop(LOGGED))["EdgeLoadBalancer"]["Properties"]["LoadBalancerAttributes"]
    assert [one["Key"] for one in attributes if f"<code>{one['Key']}</code>" not in text] == []


@pytest.mark.parametrize(("written", "code"), [("common", "TW502"), ("none", "TW502")])
def test_a_form_of_the_log_that_is_written_is_another(written: str, code: str) -> None:
    outcome = shop(LOGGED, ("      default: {status: 404}", f"      access_log: {written}\n      default: {{status: 404}}"))
    [found] = [one for one in outcome.findings if one.at == "services.edge.http.access_log"]
    assert (found.code.id, f"{written} becomes s3" in found.message) == (code, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"shop-logs"', '"shop-log5"'),
        ('"shop/prod"', '"shop"'),
        ('"access_logs.s3.prefix"', '"access_logs.s3.suffix"'),
        ('s3.enabled",\n            "Value": "true"', 's3.enabled",\n            "Value": "false"'),
    ],
)
def test_another_place_of_the_log_is_noticed(old: str, new: str) -> None:
    [one] = shop(LOGGED).compiled
    text = one.bundle.texts[FILE]
    assert old in text
    assert noticed(one, text.replace(old, new))


def test_a_log_that_nobody_asked_for_is_noticed() -> None:
    [one] = shop().compiled
    more = '"LoadBalancerAttributes": [\n          {"Key": "access_logs.s3.enabled", "Value": "true"},'
    assert noticed(one, one.bundle.texts[FILE].replace('"LoadBalancerAttributes": [', more, 1))


def test_a_log_that_no_load_balancer_writes_is_told() -> None:
    """The one for all ports ends no TLS, of which alone it would log."""
    text = SHOP.replace(*LOGGED).replace("ingress: alb", "ingress: proxy").replace("    certificates:", "    #")
    [found] = [one for one in compiled_text(text, PAGES).findings if one.code.id == "ECS102"]
    assert (found.at, found.message.partition(":")[0]) == (
        "targets.ecs.load_balancer.access_logs",
        "`access_logs` has no effect",
    )


@pytest.mark.parametrize(
    ("bucket", "is_one"),
    [
        *((good, True) for good in ("abc", "a.b-c", "1.2.3", "1.2.3.4a", "a" * 63, "xn-a", "shop-s3aliases")),
        *((bad, False) for bad in ("ab", "a" * 64, "Shop", "a_b", "-ab", "ab-", "ab.", "a..b", "192.168.5.4", "a b", "")),
        *((own, False) for own in ("xn--a", "sthree-a", "amzn-s3-demo-a", "a-s3alias", "a--ol-s3", "a.mrap", "a--x-s3")),
    ],
)
def test_a_bucket_has_a_name_that_s3_takes(bucket: str, is_one: bool) -> None:
    outcome = shop(LOGGED, ("bucket: shop-logs", f"bucket: {json.dumps(bucket)}"))
    assert (not [one for one in outcome.findings if one.code.id == "TW202"]) == is_one, outcome.findings


@pytest.mark.parametrize(
    ("prefix", "is_one"),
    [
        *((good, True) for good in ("a", "shop/prod", "a-b_c.d/e", "a" * 256)),
        *(
            (bad, False)
            for bad in ("", "/a", "a/", "a//b", "AWSLogs", "a/AWSLogs/b", "a b", "..", "a/../b", "é", "${x}", "a" * 257)
        ),
    ],
)
def test_a_prefix_is_one_that_elb_takes(prefix: str, is_one: bool) -> None:
    outcome = shop(LOGGED, ("prefix: shop/prod", f"prefix: {json.dumps(prefix)}"))
    assert (not [one for one in outcome.findings if one.code.id == "TW202"]) == is_one, outcome.findings
