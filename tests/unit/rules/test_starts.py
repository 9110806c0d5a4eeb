"""Who waits for whom: all that is awaited comes to be so in the end."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices:\n"
CHECKED = "health: {command: [check]}"


def found(*services: str) -> list[tuple[str, str, str | None]]:
    """(code, place, message) of every error of these services, each with an image."""
    text = HEAD + "".join(f"  {one.replace('{', '{image: busybox, ', 1)}\n" for one in services)
    findings = compiled_text(text).findings
    return [(one.code.id, one.at or "", one.message) for one in findings if one.severity.value == "error"]


def test_who_waits_for_the_healthy_and_the_started_is_right() -> None:
    assert not found(
        f"db: {{{CHECKED}}}", "cache: {restart: always}", "web: {depends_on: [db, {service: cache, condition: started}]}"
    )


def test_a_server_has_a_health_of_its_own() -> None:
    edge = 'edge: {http: {engine: {name: nginx, version: "1.30"}, listen: 8080, default: {status: 404}}}'
    assert not found(edge, "web: {depends_on: [edge]}")


@pytest.mark.parametrize(
    ("loop", "place", "said"),
    [
        ({"aa": "aa"}, "services.aa.depends_on.aa", "`aa` waits for itself"),
        (
            {"aa": "bb", "bb": "aa"},
            "services.aa.depends_on.bb",
            "`aa` waits for `bb`, `bb` waits for `aa`: none of them starts",
        ),
        (
            {"bb": "cc", "cc": "aa", "aa": "bb", "dd": "aa"},
            "services.aa.depends_on.bb",
            "`aa` waits for `bb`, `bb` waits for `cc`, `cc` waits for `aa`: none of them starts",
        ),
    ],
)
def test_nobody_waits_in_a_circle(loop: dict[str, str], place: str, said: str) -> None:
    assert found(*(f"{name}: {{{CHECKED}, depends_on: [{other}]}}" for name, other in loop.items())) == [("TW445", place, said)]


def test_what_has_no_instance_is_not_awaited() -> None:
    none = f"db: {{{CHECKED}, replicas: 0}}"
    assert [one[:2] for one in found(none, "web: {depends_on: [db]}")] == [("TW448", "services.web.depends_on.db")]
    assert not found(none, "web: {replicas: 0, depends_on: [db]}")


def test_what_is_external_is_there_before() -> None:
    external = "external: {store: {host: db.example.com, ports: {sql: 5432}}}\n"
    findings = compiled_text(f"{HEAD}  web: {{image: busybox, depends_on: [store]}}\n{external}").findings
    (found,) = (one for one in findings if one.severity.value == "error")
    assert (found.code.id, found.message) == ("TW313", "`store` is external: it is there before all services")


@pytest.mark.parametrize(
    "written",
    [
        "[dv]",
        "db",
        "[db.http]",
        "[[db]]",
        "[{service: db, condition: ready}]",
        "[{condition: started}]",
        "[1]",
        "{db: healthy}",
    ],
)
def test_what_names_no_service_is_refused(written: str) -> None:
    assert len(found(f"db: {{{CHECKED}}}", f"web: {{depends_on: {written}}}")) == 1
