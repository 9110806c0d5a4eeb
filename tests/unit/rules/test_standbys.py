"""One works and others wait: under a lock that keeps all others out, and so that who waits can take over."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\n"
WEB = """\
targets: {compose: {}}
services:
  web:
    image: shop/web:1
    command: [serve]
    mounts: {/data: news, /data/cache: cache, /media: media, /other: other}
    mode: {active-standby: {lock: /data/.lock}}
volumes:
  news: {access: single-writer}
  other: {access: single-writer}
  cache: {access: scratch}
  media: {access: shared}
"""
CIFS = 'news: {access: single-writer, driver: {name: local, options: {type: cifs, device: "//x/y", o: "addr=10.0.0.7,%s"}}}'


_OF_VOLUMES = ("TW502", "SWARM101")


def found(was: str = "", now: str = "", text: str = WEB) -> list[tuple[str, str]]:
    """The code and place of every error and warning but those of the volumes themselves."""
    assert was in text
    findings = compiled_text(HEAD + text.replace(was, now, 1)).findings
    wrong = (one for one in findings if one.severity.value != "note" and one.code.id not in _OF_VOLUMES)
    return [(one.code.id, one.at) for one in wrong]


def said(was: str, now: str) -> tuple[str, str]:
    (one,) = (one for one in compiled_text(HEAD + WEB.replace(was, now, 1)).findings if one.severity.value == "error")
    return one.message, one.help or ""


def test_the_example_is_right() -> None:
    assert found() == []
    model = compiled_text(HEAD + WEB).model
    assert model
    assert model.environment.services["web"].replicas == 2


@pytest.mark.parametrize(
    ("lock", "where"),
    [
        ("/tmp/.lock", "in no volume"),
        ("/data", "in no volume"),
        ("/database/.lock", "in no volume"),
        ("/media/.lock", "in `media`, which is shared"),
        ("/data/cache/.lock", "in `cache`, which is scratch"),
    ],
)
def test_the_lock_lies_with_what_is_written(lock: str, where: str) -> None:
    message, help = said("lock: /data/.lock", f"lock: {lock}")
    assert message == f"`{lock}` lies {where}"
    assert help == "such as `lock: /data/.lock`"


def test_any_volume_that_only_one_may_write_will_do() -> None:
    assert found("lock: /data/.lock", "lock: /other/a/b") == []


def test_memory_and_files_in_the_volume_are_not_the_volume() -> None:
    place = "services.web.mode.active-standby.lock"
    assert found("lock: /data/.lock}}", "lock: /data/run/.lock}}\n    tmpfs: [/data/run]") == [("TW482", place)]
    locked = "lock: /data/key}}\n    secrets: [{secret: key, path: /data/key}]\nsecrets: {key: {file: .secrets/key}}"
    text = WEB.replace("lock: /data/.lock}}", locked.partition("\nsecrets: {")[0]) + "secrets: {key: {file: .secrets/key}}\n"
    assert ("TW482", place) in found(text=text)


def test_without_a_volume_that_only_one_may_write_there_is_nothing_to_lock() -> None:
    text = WEB.replace("single-writer", "shared")
    (finding,) = (one for one in compiled_text(HEAD + text).findings if one.severity.value == "error")
    assert (finding.code.id, finding.message) == ("TW482", "`/data/.lock` lies in `news`, which is shared")
    assert finding.help == "mount the volume that is written by one at a time, `access: single-writer`, and lock a file in it"


@pytest.mark.parametrize(
    ("options", "codes"),
    [("vers=3.0", []), ("vers=3.0,nobrl", ["TW483"]), ("nobrl,vers=3.0", ["TW483"]), ("nolock", ["TW483"]), ("nobrlx", [])],
)
def test_a_mount_that_keeps_locks_to_itself_is_refused(options: str, codes: list[str]) -> None:
    assert [code for code, _ in found("news: {access: single-writer}", CIFS % options)] == codes


def test_only_what_the_spec_says_can_run_under_a_lock() -> None:
    assert found("    command: [serve]\n", "") == [("TW481", "services.web.mode")]
    assert found("command: [serve]", "entrypoint: [serve]") == []
    edge = '    http: {engine: {name: nginx, version: "1.30"}, listen: 8080, default: {status: 404}}\n'
    text = WEB.replace("    image: shop/web:1\n    command: [serve]\n", edge)
    assert ("TW481", "services.web.mode") in found(text=text)


def test_a_job_has_none() -> None:
    assert [code for code, _ in found("    image:", "    kind: job\n    image:")] == ["TW452"]


def test_who_waits_must_hear() -> None:
    assert found("    mode:", "    init: false\n    mode:") == [("TW484", "services.web.init")]
    assert found("    mode:", "    stop_signal: SIGWINCH\n    mode:") == [("TW484", "services.web.stop_signal")]
    assert found("    mode:", "    stop_signal: SIGQUIT\n    mode:") == []


@pytest.mark.parametrize("replicas", [0, 1, 3])
def test_the_number_is_said_once(replicas: int) -> None:
    assert found("    mode:", f"    replicas: {replicas}\n    mode:") == [("TW480", "services.web.replicas")]


def test_the_same_number_may_stand_there() -> None:
    assert found("    mode:", "    replicas: 2\n    mode:") == []


@pytest.mark.parametrize(
    ("health", "place"),
    [
        ("command: [c]", ""),
        ("command: [c], start_period: 40s", ""),
        ("command: [c], start_period: 1m", "health.start_period"),
        ("command: [c], failures: 4", "health"),
        ("command: [c], failures: 5", ""),
        ("command: [c], failures: 1, start_period: 1s", "health.start_period"),
    ],
)
def test_who_takes_over_has_its_time_to_start(health: str, place: str) -> None:
    wanted = [("TW485", f"services.web.{place}")] if place else []
    assert found("    mode:", f"    health: {{{health}}}\n    mode:") == wanted


def test_an_update_leaves_one_of_them() -> None:
    swarm = WEB.replace("compose", "swarm")
    rolled = "    rollout: {parallelism: %d}\n    mode:"
    codes = [code for code, _ in found("    mode:", rolled % 2, swarm)]
    assert codes == ["TW486"]
    codes = [code for code, _ in found("    mode:", rolled % 1, swarm)]
    assert codes == []


def test_the_new_one_never_starts_first() -> None:
    codes = [
        code for code, _ in found("    mode:", "    rollout: {order: start-first}\n    mode:", WEB.replace("compose", "swarm"))
    ]
    assert codes.count("TW401") == 2  # of two volumes


def test_another_service_is_a_second_writer_nevertheless() -> None:
    other = "  web2: {image: shop/web:1, mounts: {/data: news}}\nvolumes:\n"
    assert found("volumes:\n", other) == [("TW401", "services.web2.mounts[/data]")]


def test_a_swarm_says_that_all_are_on_one_node() -> None:
    (message,) = (
        one.message for one in compiled_text(HEAD + WEB.replace("compose", "swarm")).findings if one.at == "volumes.news"
    )
    assert message == "`news` lies on one node, with who works and who stands by: its loss is an outage"
    too_many = "    placement: {max_per_host: 1}\n    mode:"
    codes = [code for code, _ in found("    mode:", too_many, WEB.replace("compose", "swarm"))]
    assert "SWARM105" in codes
