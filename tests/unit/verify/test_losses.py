"""How losses are told, each at its place with what to do; and acceptances, of which each accepts one."""

from __future__ import annotations

from tests.compiling import compiled_text
from twipc.diagnostics import Finding
from twipc.target import codes
from twipc.verify.accept import accepted

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\n"
ECS = (
    "targets:\n  ecs: {launch: fargate, region: eu-west-1, cluster: c1, subnets: [subnet-0a1b2c3d4e5f60718], "
    'security_groups: [sg-0a1b2c3d4e5f60718], execution_role: "arn:aws:iam::111122223333:role/x1"}\n'
)
ON_ECS = f"""{HEAD}{ECS}services:
  web:
    image: shop/web:1
    ports: {{http: 8080}}
    resources: {{cpu: 0.3, memory: 700MiB}}
    health: {{http: /live, interval: 1500ms}}
    ulimits: {{nproc: 64, nofile: 1024}}
    stop_grace: 1500ms
"""
ON_SWARM = f"""{HEAD}targets: {{swarm: {{discovery: dnsrr}}, compose: {{}}}}
services:
  web:
    image: shop/web:1
    ports: {{http: 8080}}
    publish: [{{port: http, host: 80, address: 127.0.0.1}}]
  api:
    image: shop/api:1
    ports: {{http: 8080}}
    publish: [{{port: http, host: 81, address: 127.0.0.1}}]
accept:
"""


def found(spec: str, *codes: str) -> list[Finding]:
    return [finding for finding in compiled_text(spec).findings if finding.code.id in codes]


def told(finding: Finding) -> tuple[str, tuple[int, int], str, str | None]:
    assert finding.span is not None
    return finding.at, (finding.span.line, finding.span.column), finding.message, finding.help


def accepting(*rows: str) -> list[tuple[str, tuple[int, int], str, str | None]]:
    """What is said of acceptances, each for swarm and with a reason."""
    text = "".join(f"  - {{{row}, target: swarm, because: known and wanted}}\n" for row in rows)
    return [told(finding) for finding in found(ON_SWARM + text, "TW521")]


def test_what_is_rounded_in_one_place_is_one_finding_at_its_value() -> None:
    resources, health, grace = found(ON_ECS, "TW502")
    rounded = "0.3 becomes 0.5; 700MiB becomes a task of 1GiB, 700MiB of it for the container"
    message = f"services.web.resources on ecs: {rounded}: Fargate has fixed task sizes"
    assert told(resources) == ("services.web.resources", (10, 5), message, None)
    assert told(health)[2] == (
        "services.web.health on ecs: 1500ms becomes 5s: ECS checks at intervals of whole seconds, 5s or longer"
    )
    assert told(grace)[:2] == ("services.web.stop_grace", (13, 17))


def test_what_is_lost_is_told_at_its_key_with_what_would_accept_it() -> None:
    (lost,) = found(ON_ECS, "TW511")
    at = "services.web.ulimits.nproc"
    accept = f"change it, or accept it: {{code: TW511, at: {at}, target: ecs, because: …}}"
    assert told(lost) == (at, (12, 15), f"{at} on ecs: Fargate sets nofile alone", accept)
    accepted = accept.partition("accept it: ")[2].replace("…", "known and wanted")
    assert found(f"{ON_ECS}accept: [{accepted}]\n", "TW511", "TW521") == []


def test_what_is_said_otherwise_is_told_without_a_value() -> None:
    lost, _ = found(ON_SWARM.removesuffix("accept:\n"), "TW512")
    why = "swarm publishes on all addresses of a node or not at all; here: not at all"
    assert lost.message == f"services.web.publish.http on swarm: {why}"


def test_an_acceptance_of_another_place_names_the_nearest() -> None:
    (one,) = accepting("code: TW512, at: services.web.publish.htp")
    message = "nothing to accept: no TW512 at `services.web.publish.htp` on `swarm`"
    assert one == ("accept.0", (15, 12), message, "did you mean `services.web.publish.http`?")


def test_an_acceptance_of_another_code_names_that_which_is_lost_there() -> None:
    (one,) = accepting("code: TW512, at: services.api.publish.http", "code: TW510, at: services.web.publish.http")
    assert one[0] == "accept.1"
    assert one[3] == "did you mean TW512? that is what is lost there"


def test_of_several_codes_that_are_lost_there_each_is_named() -> None:
    text = ON_SWARM + "  - {code: TW501, at: services.web, target: swarm, because: known and wanted}\n"
    model = compiled_text(text).model
    assert model
    lost = [Finding(code, "", None, at="services.web", target="swarm") for code in (codes.STATE_LOST, codes.HARDENING_LOST)]
    *stay, one = accepted(model, lost, ["swarm", "compose"], sound=True)
    assert stay == lost
    assert one.help == f"did you mean {codes.STATE_LOST.id} or {codes.HARDENING_LOST.id}? that is what is lost there"


def test_a_lost_value_is_told_at_its_key() -> None:
    lost = found(f"{ON_ECS}    restart: never\n", "TW511")
    assert [told(one)[:2] for one in lost] == [("services.web.ulimits.nproc", (12, 15)), ("services.web.restart", (14, 5))]


def test_what_is_no_loss_cannot_be_accepted() -> None:
    (one,) = accepting("code: TW401, at: services.web")
    assert one[2:] == ("nothing to accept: no TW401 at `services.web` on `swarm`", "only losses can be: take it out")


def test_a_loss_of_another_target_is_not_meant() -> None:
    text = ON_SWARM + "  - {code: TW512, at: services.web.publish.http, target: compose, because: known and wanted}\n"
    (one,) = found(text, "TW521")
    assert one.help == "only losses can be: take it out"
    assert len(found(text, "TW512")) == 2


def test_the_second_acceptance_of_one_loss_accepts_nothing() -> None:
    row = "code: TW512, at: services.web.publish.http"
    (one,) = accepting(row, row)
    message = "TW512 at `services.web.publish.http` on `swarm` is accepted already, by accept.0"
    assert one == ("accept.1", (16, 12), message, "take one of them out")


def test_two_unused_acceptances_alike_are_two_findings() -> None:
    row = "code: TW401, at: services.web"
    assert [one[0] for one in accepting(row, row)] == ["accept.0", "accept.1"]


def test_defaults_that_are_lost_are_one_note_at_the_target_with_each_reason_once() -> None:
    (note,) = found(ON_ECS, "TW503")
    assert (note.at, note.target, told(note)[1]) == ("targets.ecs", "ecs", (5, 3))
    head, _, reasons = note.message.partition(": ")
    assert head == "defaults that ecs has no word for"
    first, *others = reasons.split("); ")
    assert first == "service.no_new_privileges (Fargate takes no Docker security options, and says nothing of its own"
    assert all(other.startswith("service.") for other in others)
