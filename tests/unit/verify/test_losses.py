"""How losses are told, each at its place with what to do; and acceptances, of which each accepts one."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text
from twipc.diagnostics import Finding
from twipc.target import codes
from twipc.verify.accept import accepted
from twipc.verify.losses import _in_flow

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
_PUBLISHED = "services.api.publish.http, services.web.publish.http"


def found(spec: str, *codes: str) -> list[Finding]:
    return [finding for finding in compiled_text(spec).findings if finding.code.id in codes]


def told(finding: Finding) -> tuple[str, tuple[int, int], str, str | None]:
    assert finding.span is not None
    return finding.at, (finding.span.line, finding.span.column), finding.message, finding.help


def accepting(*rows: str) -> list[tuple[str, tuple[int, int], str, str | None]]:
    """What is said of acceptances, each for swarm and with a reason."""
    text = "".join(f"  - {{{row}, target: swarm, because: known and wanted}}\n" for row in rows)
    return [told(finding) for finding in found(ON_SWARM + text, "TW521")]


def test_what_is_rounded_is_one_finding_at_its_value() -> None:
    cpu, memory, health, grace = found(ON_ECS, "TW502")
    message = "services.web.resources.cpu on ecs: 0.3 becomes 0.5: Fargate has fixed task sizes"
    assert told(cpu) == ("services.web.resources.cpu", (10, 22), message, None)
    rounded = "700MiB becomes a task of 1GiB, 700MiB of it for the container"
    message = f"services.web.resources.memory on ecs: {rounded}: Fargate has fixed task sizes"
    assert told(memory) == ("services.web.resources.memory", (10, 35), message, None)
    assert told(health)[2] == (
        "services.web.health.interval on ecs: 1500ms becomes 5s: ECS checks at intervals of whole seconds, 5s or longer"
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
    assert one == ("accept.0", (15, 23), message, "did you mean `services.web.publish.http`?")


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
    assert told(one)[1] == (15, 58)
    assert one.help == "it is lost on swarm: did you mean that?"
    assert len(found(text, "TW512")) == 2


@pytest.mark.parametrize(
    ("row", "column", "help"),
    [
        ("code: TW512, at: services.web.publish.http, target: ecs", 58, "this spec's targets are: compose, swarm"),
        ("code: TW512, at: services.web.publish.http, target: swram", 58, "did you mean `swarm`?"),
        ("code: TW513, at: services.web.publish.http, target: swarm", 12, "did you mean TW512? that is what is lost there"),
        ("code: TW512, at: services.web.publish, target: swarm", 23, "did you mean `services.web.publish.http`?"),
        (
            "code: TW512, at: web, target: swarm",
            23,
            "on swarm it is found at: services.api.publish.http, services.web.publish.http",
        ),
        ("code: TW510, at: volumes.news, target: swarm", 12, "no TW510 is left on swarm: take it out"),
        ("code: TW999, at: nothing, target: swarm", 12, "only losses can be: take it out"),
    ],
)
def test_what_an_acceptance_that_accepts_nothing_may_have_meant(row: str, column: int, help: str) -> None:
    (one,) = found(f"{ON_SWARM}  - {{{row}, because: known and wanted}}\n", "TW521")
    assert (told(one)[1], one.help) == ((15, column), help)


def test_the_second_acceptance_of_one_loss_accepts_nothing() -> None:
    row = "code: TW512, at: services.web.publish.http"
    (one,) = accepting(row, row)
    message = "TW512 at `services.web.publish.http` on `swarm` is accepted already, by accept.0"
    assert one == ("accept.1", (16, 12), message, "take one of them out")


def lost(*rows: str) -> list[str]:
    """Where losses stay that these acceptances do not take."""
    text = "".join(f"  - {{{row}, target: swarm, because: known and wanted}}\n" for row in rows)
    return [finding.at for finding in found(ON_SWARM + text, "TW512")]


@pytest.mark.parametrize(
    ("at", "stay"),
    [
        ("services.*.publish.http", []),
        ("services.*.publish.*", []),
        ("services.web.publish.*", ["services.api.publish.http"]),
        ("services.*.publish", ["services.web.publish.http", "services.api.publish.http"]),
        ("services.*", ["services.web.publish.http", "services.api.publish.http"]),
        ("services.w*.publish.http", ["services.web.publish.http", "services.api.publish.http"]),
        ("services[*].publish.http", ["services.web.publish.http", "services.api.publish.http"]),
    ],
)
def test_a_star_is_any_one_name(at: str, stay: list[str]) -> None:
    row = f"code: TW512, at: {_in_flow(at)}"
    assert lost(row) == stay
    assert len(accepting(row)) == (1 if len(stay) == 2 else 0)


def test_a_star_is_a_name_in_brackets_too() -> None:
    row = "  - {code: TW513, at: services.*.mounts.*, target: swarm, because: known and wanted}\n"
    model = compiled_text(ON_SWARM + row).model
    assert model is not None
    places = [f"services.web.mounts{name}" for name in ("[/srv/a.b]", ".data", "", "[/a].volume")]
    losses = [Finding(codes.HARDENING_LOST, "it is lost", None, at=at, target="swarm") for at in places]
    assert [one.at for one in accepted(model, losses, ["swarm", "compose"], sound=True)] == places[2:]


def test_what_a_star_takes_beside_an_acceptance_of_its_own_is_taken_once() -> None:
    one, api, every = (f"code: TW512, at: services.{name}.publish.http" for name in ("web", "api", "*"))
    assert lost(one, every) == []
    assert accepting(one, every) == []
    assert [said[:1] + said[2:] for said in accepting(every, one, api)] == [
        ("accept.0", "TW512 at `services.*.publish.http` on `swarm` is accepted already, by accept.2", "take one of them out")
    ]


def test_one_acceptance_holds_for_several_targets_and_each_is_judged_by_itself() -> None:
    row = "  - {code: TW512, at: services.web.publish.http, target: [compose, swarm, swarm], because: known and wanted}\n"
    assert [one.at for one in found(ON_SWARM + row, "TW512")] == ["services.api.publish.http"]
    compose, again = [told(one) for one in found(ON_SWARM + row, "TW521")]
    message = "nothing to accept: no TW512 at `services.web.publish.http` on `compose`"
    assert compose == ("accept.0", (15, 59), message, "it is lost on swarm: take `compose` out")
    message = "TW512 at `services.web.publish.http` on `swarm` is accepted already, by accept.0"
    assert again == ("accept.0", (15, 75), message, "take one of them out")


def test_two_unused_acceptances_alike_are_two_findings() -> None:
    row = "code: TW401, at: services.web"
    assert [one[0] for one in accepting(row, row)] == ["accept.0", "accept.1"]


def test_defaults_that_are_lost_are_one_note_at_the_target_with_each_reason_once() -> None:
    (note,) = found(ON_ECS, "TW503")
    assert (note.at, note.target, told(note)[1]) == ("targets.ecs", "ecs", (5, 3))
    head, _, reasons = note.message.partition(": ")
    assert head == "defaults that ecs has no word for"
    first, *others = reasons.split("); ")
    assert first == "services.web.no_new_privileges (Fargate takes no Docker security options, and says nothing of its own"
    assert all(other.startswith("services.web.") for other in others)


def test_a_default_that_several_services_have_is_named_once() -> None:
    (note,) = found(ON_SWARM.removesuffix("accept:\n"), "TW503")
    assert "services.*.no_new_privileges (" in note.message
    assert "services.*.resources.pids (" in note.message


def test_what_is_written_is_told_at_its_value_and_the_rest_of_its_noun_is_not() -> None:
    text = ON_SWARM.removesuffix("accept:\n") + "    resources: {cpu: 0.5, memory: 64MiB, pids: 64}\n"
    (lost,) = found(text, "TW513")
    assert told(lost)[:2] == ("services.api.resources.pids", (14, 42))


def test_what_is_there_or_not_as_a_whole_is_one_finding() -> None:
    text = ON_SWARM.removesuffix("accept:\n") + "volumes:\n  news: {access: shared, nfs: {server: nas.lan, path: /news}}\n"
    text = text.replace("image: shop/web:1", "image: shop/web:1\n    mounts: {/d: news}")
    assert [one.at for one in found(text.replace(text.splitlines()[3], ECS.rstrip()), "TW510")] == ["volumes.news.nfs"]


@pytest.mark.parametrize("place", ["/etc/a,b.conf", "/etc/a [1].conf", "/etc/{a}: b", "/etc/'a' # b", "/etc/ä.conf"])
def test_what_would_accept_a_loss_can_be_pasted(place: str) -> None:
    base = f"{HEAD}targets: {{swarm: {{}}}}\nservices:\n  web:\n    image: shop/web:1\n    labels: {{x: y}}\n"
    model = compiled_text(base).model
    assert model
    at = model.tree.name(("services", "web", "configs", place))
    text = base + f"accept: [{{code: TW513, at: {_in_flow(at)}, target: swarm, because: known}}]\n"
    (unused,) = found(text, "TW521")
    assert f"no TW513 at `{at}` on" in unused.message
