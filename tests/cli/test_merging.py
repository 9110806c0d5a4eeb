"""One thing is said once, with the targets and environments that it holds for; targets are chosen and accepted by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import BASE, HEAD, WEB, project, run, spec

HEALTH = "    health: {http: {path: /up, port: http, client: curl}}\n"
TAKEN = "services:\n  web: {}\n  other: {from: web}\n"


def taking(environment: str, targets: str) -> str:
    return f"{HEAD}environment: {environment}\nextends: base.yaml\ntargets: {targets}\n{TAKEN}"


def test_what_holds_for_two_targets_is_said_once_and_names_them(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", WEB + HEALTH, "{compose: {}, compose-2.4: {}}"))
    ran = run("lint", "--format", "concise", at=tmp_path)
    assert ran.out.count("COMPOSE102") == 1
    assert ran.out.rstrip().endswith("[on compose, compose-2.4]")
    row = run("lint", "--format", "json", at=tmp_path).findings[0]
    assert (row["target"], row["targets"], row["environments"]) == (None, ["compose", "compose-2.4"], ["prod"])


def test_a_finding_for_one_target_names_it(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", WEB + HEALTH))
    assert run("lint", "--format", "concise", at=tmp_path).out.rstrip().endswith("[on compose]")
    row = run("lint", "--format", "json", at=tmp_path).findings[0]
    assert (row["target"], row["targets"]) == ("compose", ["compose"])


def test_a_target_that_the_message_names_is_not_named_again(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", WEB + "    publish: [{port: http, host: 80, address: 127.0.0.1}]\n", "{swarm: {}}"))
    line = next(line for line in run("lint", "--format", "concise", at=tmp_path).out.splitlines() if "TW512" in line)
    assert " on swarm:" in line
    assert "[on" not in line


def test_an_error_in_a_fragment_is_said_once_for_all_who_take_it(tmp_path: Path) -> None:
    texts = {name: taking(name, "{compose: {}}") for name in ("late", "prod")}
    project(tmp_path, base=BASE + "    replicas: one\n", **texts)
    ran = run("lint", at=tmp_path)
    assert ran.out.count("error[TW202]") == 1
    assert "[in late, prod]" in ran.out
    assert ran.err == "1 error\n"
    rows = run("lint", "--format", "json", at=tmp_path).findings
    assert [row["environments"] for row in rows] == [["late", "prod"]]


def test_environments_with_targets_of_their_own_are_told_apart(tmp_path: Path) -> None:
    late, prod = taking("late", "{compose: {}}"), taking("prod", "{compose: {}, compose-2.4: {}}")
    project(tmp_path, base=BASE + HEALTH, late=late, prod=prod)
    out = run("lint", "--format", "concise", at=tmp_path).out
    assert out.count("COMPOSE102") == 1
    assert "[on compose of late; on compose, compose-2.4 of prod]" in out


def test_different_help_is_kept(tmp_path: Path) -> None:
    state = WEB + "    mounts: {/data: news}\n"
    base = HEAD + state + "volumes:\n  news: {access: single-writer, retention: keep}\n"
    texts = {name: taking(name, "{swarm: {}}").replace("  other: {from: web}\n", "") for name in ("late", "prod")}
    project(tmp_path, base=base, **texts)
    out = run("lint", at=tmp_path).out
    assert out.count("SWARM101") == 1
    assert "shop-late.news=true" in out
    assert "shop-prod.news=true" in out


LOST = WEB + "    publish: [{port: http, host: 80, address: 127.0.0.1}]\n"


def acceptance(code: str = "TW512", at: str = "services.web.publish.http") -> str:
    return f"  - {{code: {code}, at: {at}, target: swarm, because: known}}\n"


SECRET = WEB + "    env: {TOKEN: {secret: token}}\nsecrets:\n  token: {file: .secrets/token, swarm: token-1}\n"


def test_what_is_lost_on_two_targets_is_said_once_and_accepted_once(tmp_path: Path) -> None:
    text = spec("prod", SECRET, "{compose: {}, swarm: {}}")
    (row,) = (
        one for one in run("lint", "--format", "json", at=project(tmp_path, prod=text)).findings if one["severity"] == "error"
    )
    at = "services.web.env.TOKEN"
    assert row["message"].startswith(f"{at} on compose, swarm: secrets come as files here")
    assert (row["target"], row["targets"], row["at"]) == (None, ["compose", "swarm"], at)
    accept = f"{{code: TW515, at: {at}, target: [compose, swarm], because: …}}"
    assert row["help"] == f"change it, or accept it: {accept}"
    assert "[on " not in next(one for one in run("lint", "--format", "concise", at=tmp_path).out.splitlines() if "TW515" in one)
    project(tmp_path, prod=f"{text}accept: [{accept.replace('…', 'known')}]\n")
    assert run("lint", "--strict", at=tmp_path).code == 0


BOTH = """\
services:
  web:
    image: shop/web:1
    resources: {cpu: 0.5, memory: 1GiB}
    secrets: [api-key]
    env: {KEY: {secret: api-key}}
secrets: {api-key: {file: .secrets/key, swarm: key-1, ecs: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key"}}
accept:
  - {code: TW515, at: services.web.env.KEY, target: [compose, swarm], because: there it comes as a file}
  - {code: TW515, at: services.web.secrets, target: ecs, because: there it comes as a variable}
"""


def test_a_secret_comes_as_a_file_here_and_as_a_variable_there(tmp_path: Path) -> None:
    """As TW515's page says."""
    targets = "{compose: {}, swarm: {}, ecs: {launch: fargate, region: eu-west-1}}"
    assert run("compile", at=project(tmp_path, prod=spec("prod", BOTH, targets))).code == 0
    compose, stack, template = (
        (tmp_path / "out/prod" / file).read_text()
        for file in ("compose/docker-compose.yml", "swarm/docker-stack.yml", "ecs/template.json")
    )
    for text in (compose, stack):
        assert ("/run/secrets/api-key" in text, "KEY:" in text) == (True, False)
    assert '"Name": "KEY"' in template


def test_what_is_lost_on_other_targets_in_another_environment_is_told_apart(tmp_path: Path) -> None:
    late, prod = taking("late", "{compose: {}}"), taking("prod", "{compose: {}, swarm: {}}")
    project(
        tmp_path,
        base=HEAD + SECRET,
        late=late.replace("  other: {from: web}\n", ""),
        prod=prod.replace("  other: {from: web}\n", ""),
    )
    rows = [row for row in run("lint", "--format", "json", at=tmp_path).findings if row["code"] == "TW515"]
    assert [(row["targets"], row["environments"]) for row in rows] == [(["compose"], ["late", "prod"]), (["swarm"], ["prod"])]


def test_a_second_acceptance_accepts_nothing(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", LOST + "accept:\n" + acceptance() + acceptance(), "{swarm: {}}"))
    found = [row for row in run("lint", "--format", "json", at=tmp_path).findings if row["severity"] != "note"]
    assert [(row["code"], row["at"]) for row in found] == [("TW521", "accept.1")]
    assert "is accepted already, by accept.0" in found[0]["message"]


@pytest.mark.parametrize(
    ("said", "help"),
    [
        (acceptance(at="services.web.publish.htp"), "did you mean `services.web.publish.http`?"),
        (acceptance(code="TW501"), "did you mean TW512?"),
        (acceptance(code="TW501", at="services.web.publish.htp"), "no TW501 is left on swarm: take it out"),
    ],
)
def test_a_suggestion_has_the_code_that_is_accepted(said: str, help: str, tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", LOST + "accept:\n" + said, "{swarm: {}}"))
    row = next(row for row in run("lint", "--format", "json", at=tmp_path).findings if row["code"] == "TW521")
    assert help in row["help"]


def test_verify_of_one_target(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "specs/late.yaml").write_text(spec("late"))
    assert run("compile", at=tmp_path).code == 0
    (tmp_path / "out/prod/nginx/edge/nginx.conf").unlink()
    ran = run("verify", "--target", "compose", at=tmp_path)
    assert ran.code == 0
    assert "2 folders are what the specs say" in ran.err
    ran = run("verify", "--target", "nginx", at=tmp_path)
    assert ran.code == 1
    assert "TW603" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "compsoe"], "did you mean `compose`?"),
        (["prod", "--target", "haproxy"], "is not among the targets of specs/prod.yaml (compose, nginx)"),
        (["--target", "haproxy"], "no spec has `haproxy`"),
    ],
)
def test_verify_of_a_target_that_is_not_there_is_wrong_use(arguments: list[str], said: str, tmp_path: Path) -> None:
    ran = run("verify", *arguments, at=project(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "what the specs say" not in ran.err


@pytest.mark.parametrize(
    ("asked", "field", "told"),
    [
        ("http.routes", "services.*.http.routes", "haproxy"),
        ("backend.retries", "services.*.http.backends.*.retries", "haproxy"),
        ("service.env", "services.*.env", "swarm"),
        ("environment.project", "project", "swarm"),
        ("volume.access", "volumes.*.access", "swarm"),
        ("secret.ecs.arn", "secrets.*.ecs.arn", "ecs"),
        ("targets.ecs.subnets", "targets.ecs.subnets", "addresses"),
        ("targets.ecs.volumes.news.access_point", "targets.ecs.volumes.*.access_point", "access point"),
        ("targets.swarm", "targets.swarm", "Swarm"),
        ("targets.compose-2.4", "targets.compose-2.4", "2.4"),
    ],
)
def test_explain_knows_short_names_and_options(asked: str, field: str, told: str, tmp_path: Path) -> None:
    ran = run("explain", asked, at=tmp_path)
    assert ran.code == 0
    assert ran.out.startswith(f"{field}\n\n")
    assert told in ran.out


def test_explain_knows_every_name_of_the_support_matrix(tmp_path: Path) -> None:
    from twipc.target.fields import all_fields

    for name in all_fields():
        assert run("explain", name, at=tmp_path).code == 0, name
