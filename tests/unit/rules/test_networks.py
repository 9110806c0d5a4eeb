"""Networks: who should reach whom can, a name means one thing, and what a target loses of them is told."""

from __future__ import annotations

import pytest

from tests.compiling import Outcome, compiled_text

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: TARGETS
services:
  db:
    image: shop/db:1
    resources: {cpu: 0.25, memory: 512MiB}
    ports: {sql: 5432}
    networks: [store]
  web:
    image: shop/web:1
    resources: {cpu: 0.25, memory: 512MiB}
    ports: {http: 8080}
    env: {DB: {address: db.sql}, MAIL: {address: mail.smtp}}
    networks: [store, back, out]
  edge:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      default: {backend: app}
    resources: {cpu: 0.25, memory: 512MiB}
    publish: [{port: http, host: 80}]
    networks: [back, front]
networks: {front: {}, out: {}, back: {internal: true}, store: {internal: true}}
external: {mail: {host: mail.example.com, ports: {smtp: 25}}}
"""
ECS = """
  ecs:
    launch: fargate
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    security_groups: [sg-0a1b2c3d]
    execution_role: "arn:aws:iam::111122223333:role/shop"
    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com
    namespace: shop.internal
    cloud_map_services:
      db: "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0a1b2c3d4e5f6071"
      web: "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0b1c2d3e4f506172"
    target_groups: {edge: {http: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071"}}"""


def compiled(old: str = "", new: str = "", targets: str = "{compose: {}, swarm: {}}") -> Outcome:
    assert old in SPEC
    return compiled_text(SPEC.replace(old, new, 1).replace("TARGETS", targets, 1))


def serious(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one.code.id, one.at) for one in outcome.findings if one.severity.value in ("error", "warning")]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", []),
        ("networks: [store, back, out]", "networks: [back, out]", [("TW429", "services.web.env.DB"), ("TW415", "networks.x")]),
        ("networks: [back, front]", "networks: [front]", [("TW429", "services.edge.http.backends.app.members.0")]),
        ("    networks: [back, front]\n", "", [("TW429", "services.edge.http.backends.app.members.0"), ("TW415", "x")]),
        ("networks: [store]", "networks: []", [("TW429", "services.web.env.DB")]),
        ("networks: [store, back, out]", "networks: [store, back]", [("TW432", "services.web.env.MAIL"), ("TW415", "x")]),
        ("networks: [back, front]", "networks: [back]", [("TW432", "services.edge.publish.http"), ("TW415", "x")]),
        ("networks: [store]", "networks: [store, store]", [("TW431", "services.db.networks.1")]),
        ("networks: [store]", "networks: [stor]", [("TW428", "services.db.networks.stor.network")]),
        ("networks: [store]", "networks: [back]", [("TW415", "x")]),
        ("networks: [store]", "networks: [{network: store, aliases: [pg, pg.shop]}]", []),
    ],
)  # fmt: skip
def test_who_should_reach_whom_can(old: str, new: str, found: list[tuple[str, str]]) -> None:
    """What is left unused by a change is told as such too."""
    told = serious(compiled(old, new))
    assert [one for one in told if one[0] != "TW415"] == [one for one in found if one[0] != "TW415"]


def test_a_service_that_names_no_network_is_not_on_those_of_others() -> None:
    (found,) = (one for one in compiled("    networks: [store]\n", "").findings if one.code.id == "TW429")
    assert found.message == ("`web` does not reach `db`: `web` is on `back`, `out`, `store`, `db` is on the default network")


@pytest.mark.parametrize(
    ("aliases", "said"),
    [
        ("[web]", "`web` is the name of a service"),
        ("[edge]", "`edge` is the name of a service"),
        ("[tasks.web]", "`tasks.web` is what a swarm calls the tasks of a service"),
        ("[mail.example.com]", "`mail.example.com` is the host of `mail`, which is external"),
        ("[pg, pg]", "`pg` on `store` is taken"),
        ("[pg, tasks.pg]", "`tasks.pg` is what a swarm calls the tasks of who is called `pg`"),
    ],
)
def test_a_name_means_one_thing(aliases: str, said: str) -> None:
    outcome = compiled("networks: [store]", f"networks: [{{network: store, aliases: {aliases}}}]")
    assert [one.message for one in outcome.findings if one.code.id == "TW430"] == [said]


def test_an_alias_is_taken_on_its_network_only() -> None:
    both = "networks: [store, {network: back, aliases: [sql]}, out]"
    text = SPEC.replace("networks: [store]", "networks: [{network: store, aliases: [sql]}]").replace("TARGETS", "{compose: {}}")
    assert compiled_text(text.replace("networks: [store, back, out]", both)).compiled
    same = both.replace("[store,", "[{network: store, aliases: [sql]},")
    outcome = compiled_text(text.replace("networks: [store, back, out]", same))
    assert serious(outcome) == [("TW430", "services.web.networks.store.aliases.0")]


@pytest.mark.parametrize("alias", ["Web", "a_b", "-a", "a-", "*.a", "a..b", "", "localhost", "10.0.0.1", "a b", "$x", "{{x}}"])
def test_an_alias_is_a_name_in_dns(alias: str) -> None:
    outcome = compiled("networks: [store]", f'networks: [{{network: store, aliases: ["{alias}"]}}]')
    assert outcome.codes == ["TW202"]


def test_ecs_tells_what_it_loses() -> None:
    """`db` and `edge` are kept apart, and nothing on ECS but security groups does it."""
    outcome = compiled("networks: [store]", "networks: [{network: store, aliases: [pg]}]", ECS)
    assert sorted(one for one in serious(outcome) if one[0] != "TW502") == [
        ("TW511", "services.db.networks.store.aliases"),
        ("TW513", "networks.back.internal"),
        ("TW513", "networks.store.internal"),
        ("TW513", "services.db.networks"),
        ("TW513", "services.edge.networks"),
    ]


def test_ecs_loses_nothing_where_nobody_is_kept_apart() -> None:
    text = SPEC.replace("internal: true", "").replace("networks: [store]", "networks: [store, front]")
    outcome = compiled_text(text.replace("TARGETS", ECS, 1))
    assert [one for one in serious(outcome) if one[0] != "TW502"] == []
    assert outcome.compiled
