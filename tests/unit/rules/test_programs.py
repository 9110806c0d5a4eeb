"""How a program runs: what may be said of it, and what an engine keeps to itself."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices:\n"
EDGE = '    http: {engine: {name: nginx, version: "1.30"}, listen: 8080, default: {status: 404}}\n'
FILES = {"a.conf": "a\n"}


def found(field: str, kind: str = "    image: shop/web:1\n") -> list[tuple[str, str]]:
    """The errors of one service with this field."""
    text = f"{HEAD}  web:\n{kind}    {field}\nsecrets: {{key: {{file: .secrets/key}}}}\n"
    return [
        (finding.code.id, finding.message)
        for finding in compiled_text(text, FILES).findings
        if finding.severity.value == "error"
    ]


@pytest.mark.parametrize(
    "field",
    [
        "entrypoint: [/docker-entrypoint.sh]",
        "working_dir: /srv",
        'user: "0"',
        "read_only: false",
        "tmpfs: [/run]",
        "capabilities: [NET_BIND_SERVICE]",
        "stop_signal: SIGTERM",
        "init: true",
        "secrets: [key]",
        "configs: {/etc/a: a.conf}",
        "no_new_privileges: false",
        "ulimits: {nofile: 1024}",
        "shm_size: 64MiB",
    ],
)
def test_an_engine_keeps_its_own(field: str) -> None:
    code = "TW413" if field.startswith("entrypoint") else "TW417"
    assert [one for one, _ in found(field, EDGE)] == [code]
    assert not found(field)


@pytest.mark.parametrize("field", ["read_only: true", "init: false", "no_new_privileges: true"])
def test_what_is_so_anyway_may_be_said(field: str) -> None:
    assert not found(field, EDGE)


@pytest.mark.parametrize(
    "field",
    [
        "user: root",
        'user: ""',
        'user: "010"',
        'user: "1:2:3"',
        'user: "1:"',
        'user: "2147483648"',
        'user: "1٣"',
        "user: 10001",
        "entrypoint: []",
        'entrypoint: ["", run]',
        'entrypoint: "run"',
        "working_dir: srv",
        "working_dir: /srv/../etc",
        'tmpfs: ["/a:exec"]',
        'tmpfs: ["/a,suid"]',
        "tmpfs: [/]",
        "tmpfs: [/dev/shm]",
        "shm_size: 7000001B",
        "shm_size: 64",
        "shm_size: 0B",
        "tmpfs: [/a/]",
        "tmpfs: [{path: /a, size: 7000001B}]",
        "capabilities: [ALL]",
        "capabilities: [CAP_CHOWN]",
        "stop_signal: QUIT",
        "stop_signal: 3",
        'init: "yes"',
        "read_only: 1",
        'secrets: [{secret: key, path: "/a b"}]',
        'secrets: [{secret: key, path: "/a$b"}]',
        "secrets: [{secret: key, path: a}]",
        "secrets: [{secret: key, path: /a/../b}]",
        "secrets: [{path: /a}]",
        "secrets: [kee]",
        "secrets: {key: /a}",
        'configs: {"/a b": a.conf}',
        'configs: {"/a{{b": a.conf}',
        "configs: {/: a.conf}",
        "configs: {/a/: a.conf}",
        "configs: {/a: ../a.conf}",
        "configs: {/a: /etc/passwd}",
        "configs: {/a: 1}",
        "configs: [a.conf]",
        f"configs: {{/{'a' * 256}: a.conf}}",
        "no_new_privileges: yes",
        "ulimits: {files: 1024}",
        "ulimits: {nofile: -2}",
        "ulimits: {nofile: 9223372036854775808}",
        "ulimits: {nofile: true}",
        "ulimits: {nofile: 1.0}",
        'ulimits: {nofile: "1024"}',
        "ulimits: {nofile: {soft: 2, hard: 1}}",
        "ulimits: {memlock: {soft: -1, hard: 1}}",
        "ulimits: {nofile: {both: 1, hard: 2}}",
        "ulimits: {nofile: {both: 1, soft: 1}}",
        "ulimits: {nofile: {hard: 1}}",
        "ulimits: {nofile: {soft: 1, hard: -1}}",
        "ulimits: {nofile: {}}",
        "ulimits: [nofile]",
        "capabilities: [CHOWN, SETUID, CHOWN]",
        "labels: {io.twipc.kind: job}",
        "labels: {com.docker.compose.project: shop}",
        "labels: {com.amazonaws.ecs.cluster: shop}",
        "labels: {a$b: x}",
        'labels: {"": x}',
        "labels: {team: 1}",
        'labels: {team: "a\\nb"}',
        f"labels: {{team: {'x' * 4097}}}",
        f"labels: {{{'a' * 129}: x}}",
        "labels: [a=b]",
    ],
)
def test_what_no_target_can_say_is_refused(field: str) -> None:
    assert len(found(field)) == 1


def test_a_place_holds_one_thing() -> None:
    assert [code for code, _ in found("tmpfs: [/tmp, /run, {path: /tmp, size: 7MiB}]")] == ["TW418"]
    assert not found("tmpfs: [/tmp, /tmp/a]")


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("secrets: [key, key]", "there is something else at `/run/secrets/key` of `web`"),
        ("secrets: [key, {secret: key, path: /run/secrets/key}]", "there is something else at `/run/secrets/key` of `web`"),
        ("secrets: [{secret: key, path: /a}, {secret: key, path: /a/b}]", "`/a/b` of `web` would lie in `/a`, which is a file"),
        ("secrets: [{secret: key, path: /a/b}, {secret: key, path: /a}]", "`/a/b` of `web` would lie in `/a`, which is a file"),
        ("tmpfs: [/a/b]\n    secrets: [{secret: key, path: /a}]", "`/a/b` of `web` would lie in `/a`, which is a file"),
        ("configs: {/run/secrets/key: a.conf}\n    secrets: [key]", "there is something else at `/run/secrets/key` of `web`"),
        ("configs: {/a: a.conf, /a/b: a.conf}", "`/a/b` of `web` would lie in `/a`, which is a file"),
        ("configs: {/a: a.conf}\n    tmpfs: [/a/b]", "`/a/b` of `web` would lie in `/a`, which is a file"),
        ("shm_size: 64MiB\n    secrets: [{secret: key, path: /dev/shm}]", "there is something else at `/dev/shm` of `web`"),
        ("tmpfs: [/a]\n    secrets: [{secret: key, path: /a}]", "there is something else at `/a` of `web`"),
    ],
)
def test_a_file_is_alone_at_its_place(field: str, message: str) -> None:
    assert found(field) == [("TW418", message)]


def test_files_lie_in_other_places() -> None:
    files = "configs: {/a/c: a.conf, /c: a.conf}\n    secrets: [{secret: key, path: /a/b}, {secret: key, path: /ab}, key]"
    assert not found(f"tmpfs: [/a]\n    {files}")


def test_a_name_that_is_none_of_the_known_is_judged_itself() -> None:
    ((code, message),) = found("ulimits: {nofiles: 1024}")
    assert code == "TW202"
    assert message.startswith("`nofiles` is not one of: core, cpu,")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ('["curl -f http://localhost/ || exit 1"]', True),
        ('["curl -f", x]', True),
        ('[sh, -c, "curl -f http://localhost/ || exit 1"]', False),
        ("[curl, -f, http://localhost/]", False),
    ],
)
def test_a_check_in_one_word_is_told(command: str, told: bool) -> None:
    text = f"{HEAD}  web:\n    image: shop/web:1\n    health: {{command: {command}}}\n"
    found = [one for one in compiled_text(text).findings if one.code.id == "TW477"]
    assert [one.at for one in found] == (["services.web.health.command.0"] if told else [])
    assert all("sh, -c" in (one.help or "") and "entrypoint" not in (one.help or "") for one in found)
