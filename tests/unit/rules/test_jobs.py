"""Jobs: they run to their end, and have nothing of what stays."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices:\n"
JOB = "  migrate:\n    kind: job\n    image: shop/migrate:1\n    ports: {http: 8080}\n"
WAITS = "  web: {image: shop/web:1, depends_on: [{service: migrate, condition: completed}]}\n"


def found(services: str) -> list[tuple[str, str]]:
    """(code, place) of every error."""
    findings = compiled_text(HEAD + services).findings
    return [(one.code.id, one.at or "") for one in findings if one.severity.value == "error"]


@pytest.mark.parametrize(
    "field",
    [
        'http: {engine: {name: nginx, version: "1.30"}, listen: {port: other, number: 8081}, default: {status: 404}}',
        "health: {command: [check]}",
        "publish: [{port: http, host: 80}]",
        "rollout: {order: stop-first}",
        "rollout: {}",
        "replicas: 2",
        "replicas: 0",
        "restart: always",
        "placement: {max_per_host: 1}",
    ],
)
def test_a_job_has_nothing_of_what_stays(field: str) -> None:
    assert [code for code, _ in found(f"{JOB}    {field}\n")] == ["TW452"]


@pytest.mark.parametrize(
    "field", ["restart: never", "restart: on-failure", "replicas: 1", "placement: {spread: [zone]}", "env: {AA: b}"]
)
def test_a_job_has_all_else(field: str) -> None:
    assert not found(f"{JOB}    {field}\n{WAITS}")


def test_only_the_end_of_a_job_is_awaited() -> None:
    assert not found(JOB + WAITS)
    assert found(JOB.replace("kind: job", "kind: service") + WAITS) == [("TW454", "services.web.depends_on.migrate")]
    assert found(JOB + WAITS.replace(", condition: completed", "")) == [("TW447", "services.web.depends_on.migrate")]
    assert not found(JOB + WAITS.replace("completed", "started"))


def test_nobody_reaches_a_job() -> None:
    edge = """\
  edge:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [migrate.http]}}
      default: {backend: app}
"""
    assert found(JOB + edge) == [("TW453", "services.edge.http.backends.app.members.0")]
    web = "  web: {image: shop/web:1, env: {PEER: {address: migrate.http}}}\n"
    assert found(JOB + web) == [("TW453", "services.web.env.PEER.address")]


@pytest.mark.parametrize(("said", "meant"), [("", "never"), ("    restart: on-failure\n", "on-failure")])
def test_a_job_is_not_started_again_by_default(said: str, meant: str) -> None:
    model = compiled_text(HEAD + JOB + said).model
    assert model
    assert model.environment.services["migrate"].restart == meant
