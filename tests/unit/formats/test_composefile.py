"""Compose files that were edited by hand: what Docker would refuse is refused, and each edit is one clear finding."""

from __future__ import annotations

import re
from functools import cache

import pytest
import yaml

from tests.compiling import compiled_text
from twipc.driver import Compiled
from twipc.formats.composefile.read import load
from twipc.target import BASELINE, Unreadable
from twipc.verify import Difference, differences

TARGETS = {"compose": "docker-compose.yml", "compose-2.4": "docker-compose.yml", "swarm": "docker-stack.yml"}
SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}, compose-2.4: {}, swarm: {}}
services:
  edge:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
      error_pages: [{status: [404], page: pages/404.html}]
    publish: [{port: http, host: 80}]
    networks: [out, back]
  front:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      default: {backend: app}
      stats: {number: 1936, auth: {secret: pass}}
    publish: [{port: http, host: 81}]
    networks: [out, back]
  web:
    image: shop/web:1
    networks: [{network: back, aliases: [news, paper.shop]}]
    ports: {http: 8080}
    env: {A: "b # c", D: "it's"}
    resources: {cpu: 0.5, memory: 256MiB}
    mounts: {/data: news}
    user: "10001:10001"
    read_only: true
    tmpfs: [/run]
    capabilities: [CHOWN]
    stop_signal: SIGINT
networks: {out: {}, back: {internal: true, encrypted: true}}
volumes: {news: {access: single-writer}}
secrets: {pass: {file: .secrets/pass, swarm: pass-1}}
"""
EVIL = '  evil:\n    image: "evil:1"\n'


@cache
def compiled(target: str) -> Compiled:
    (one,) = compiled_text(SPEC, {"pages/404.html": "<h1>not here</h1>\n"}, targets=[target]).compiled
    return one


def told(target: str, old: str, new: str, file: str = "") -> list[str]:
    """The differences after one edit of an artifact, without how they are introduced."""
    one, file = compiled(target), file or TARGETS[target]
    texts = one.bundle.texts
    assert old in texts[file]
    facts = one.target.read({**texts, file: texts[file].replace(old, new, 1)})
    return [plainly(difference) for difference in differences(one.model, one.target, one.options, facts)]


def plainly(difference: Difference) -> str:
    """A difference in words of the tests' own."""
    key = difference.key
    place = ".".join(key.owner) if key.field == BASELINE else ".".join((key.field, *key.owner))
    return f"{place}: says {difference.said!r}, the spec says {difference.meant!r}"


def refused(target: str, old: str, new: str) -> str:
    with pytest.raises(Unreadable) as problem:
        told(target, old, new)
    return problem.value.why


@pytest.mark.parametrize("target", TARGETS)
def test_what_docker_reads_otherwise_is_refused(target: str) -> None:
    last = compiled(target).bundle.texts[TARGETS[target]].splitlines()[-1] + "\n"
    assert refused(target, last, f"{last}---\nservices: {{web: {{privileged: true}}}}\n").endswith(
        "a second document begins here"
    )
    assert refused(target, "    init: true\n", "    init: true\n    init: true\n").endswith(
        "`init` stands twice in this mapping"
    )
    assert refused(target, "    init: true\n", '    init: true\n    "init": true\n').endswith(
        "`init` stands twice in this mapping"
    )
    assert refused(target, "    init: true\n", '    init: true\n    "\\x69nit": true\n').endswith(
        "stands twice in this mapping"
    )
    assert refused(target, "    init: true\n", "    init: true # here\n    init: true\n").endswith(
        "stands twice in this mapping"
    )
    assert "`&a` is not allowed" in refused(target, "    init: true\n", "    init: &a true\n")
    assert "the tag `!!bool` is not allowed" in refused(target, "    init: true\n", "    init: !!bool true\n")
    assert "`<<` is not allowed" in refused(target, "    init: true\n", "    init: true\n    <<: {privileged: true}\n")
    assert refused(target, "# shop-prod", "\ufeff# shop-prod").endswith("the file begins with a byte order mark (U+FEFF)")


def test_refusals_name_the_line() -> None:
    assert refused("compose", "    init: true\n", "    init: true\n    init: true\n").startswith("line ")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a:\n  - b: 1\n    b: 2\n", "line 3: `b` stands twice in this mapping"),
        ("a:\n- b: 1\n- b: 2\na: 1\n", "line 4: `a` stands twice in this mapping"),
        ("a:\n  b:\n    c: 1\n  d: 1\n  b: 1\n", "line 5: `b` stands twice in this mapping"),
        ("a:\n  -\n    - 1\n  - b: 1\n    c: 1\n    b: 2\n", "line 6: `b` stands twice in this mapping"),
        ("a: {b: 1, b: 2}\n", "line 1: `b` stands twice in this mapping"),
        ("a: 1\nnull: 2\n", "line 2: the key `null` is not a string"),
        ("a: 1\n- 2\n", "line 2"),
        ("a:\n\tb: 1\n", "line 2"),
    ],
)
def test_mappings_say_each_key_once(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(why)):
        load({"f": text}, "f")


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  - b: 1\n    c: 2\n  - b: 1\n    c: 2\n",
        "a:\n- b: 1\n- b: 1\n",
        "a:\n  b: 1\nc:\n  b: 1\n",
        "a: {b: 1, c: {b: 1}}\n",
        "a:\n  - b:\n      c: 1\n    d:\n      c: 1\n",
        "# x # y\na: 'b # c'\nb: |\n  # no comment\n  x # none either\nc: x#y\n",
        '---\na: "b\n  # c"\n',
    ],
)
def test_other_mappings_may_say_it_too(text: str) -> None:
    document, facts = load({"f": text}, "f")
    assert document == yaml.safe_load(text)
    assert not facts


@pytest.mark.parametrize("target", TARGETS)
def test_the_same_in_another_style_means_the_same(target: str) -> None:
    one, file = compiled(target), TARGETS[target]
    for flow in (True, False):
        text = yaml.safe_dump(yaml.safe_load(one.bundle.texts[file]), default_flow_style=flow)
        facts = one.target.read({**one.bundle.texts, file: text})
        assert not differences(one.model, one.target, one.options, facts)


@pytest.mark.parametrize("target", TARGETS)
def test_a_comment_at_the_end_of_a_line_is_told(target: str) -> None:
    for line in ("    init: true\n", 'A: "b # c"\n'):
        (found,) = told(target, line, f"{line.rstrip()} # why # not\n")
        assert re.fullmatch(r"file\.comment at the end of line \d+: says 'why # not', the spec says nothing", found)


@pytest.mark.parametrize("target", ["compose", "compose-2.4"])
def test_an_attribute_of_a_mounted_file_is_one_finding(target: str) -> None:
    place = '        target: "/etc/nginx/nginx.conf"\n        read_only: '
    assert told(target, f"{place}true", f"{place}false") == [
        "edge.file at /etc/nginx/nginx.conf.read_only: says False, the spec says True"
    ]


def test_a_mount_that_says_nothing_more_is_told() -> None:
    place = '      - type: "tmpfs"\n'
    assert told("swarm", place, place * 2) == ["edge.tmpfs at : says 'no more is said', the spec says nothing"]


@pytest.mark.parametrize("target", TARGETS)
def test_an_item_that_says_nothing_is_told(target: str) -> None:
    place = '      - type: "volume"\n'
    assert told(target, place, f"      - {{}}\n{place}") == ["web.volumes with nothing: says 'an item', the spec says nothing"]


def test_shared_memory_is_a_mount_in_a_stack_alone() -> None:
    user = '    user: "10001:10001"\n'
    assert told("compose", user, f'{user}    shm_size: "64M"\n') == [
        "service.shm_size.web: says 67108864, the spec says nothing"
    ]
    assert told("swarm", user, f'{user}    shm_size: "64M"\n') == ["web.shm_size: says '64M', the spec says nothing"]
    assert told("swarm", 'target: "/run"', 'target: "/dev/shm"') == [
        "service.shm_size.web: says 67108864, the spec says nothing",
        "service.tmpfs.web: says nothing, the spec says {'/run': 67108864}",
    ]


def test_a_host_path_that_is_created_is_one_finding() -> None:
    assert told("compose", "create_host_path: false", "create_host_path: true") == [
        "edge.file at /etc/nginx/nginx.conf.bind.create_host_path: says True, the spec says False"
    ]


@pytest.mark.parametrize("target", ["compose", "compose-2.4"])
def test_a_file_that_is_mounted_elsewhere_is_told(target: str) -> None:
    volume = '      - type: "volume"\n'
    foreign = '      - type: "bind"\n        source: "/"\n        target: "/host"\n'
    found = told(target, volume, foreign + volume)
    assert "web.file at /host.type: says 'bind', the spec says nothing" in found


def test_a_secret_that_can_be_written_is_one_finding() -> None:
    place = '        target: "/run/secrets/pass"\n        read_only: '
    assert told("compose-2.4", f"{place}true", f"{place}false") == [
        "front.secret at /run/secrets/pass.read_only: says False, the spec says True"
    ]


@pytest.mark.parametrize("target", TARGETS)
def test_an_edited_file_leaves_one_digest_that_can_be_told_apart(target: str) -> None:
    file, digest = told(target, "worker_connections 4096", "worker_connections 4097", "edge/nginx.conf")
    assert file == "edge.nginx.events / worker_connections: says (('4097',),), the spec says (('4096',),)"
    where = "config at /etc/nginx/nginx.conf" if target == "swarm" else "configuration"
    assert re.fullmatch(rf"edge\.{where} digest: says '(sha256:)?[0-9a-f]+', the spec says nothing", digest)


@pytest.mark.parametrize("target", ["compose", "compose-2.4"])
def test_an_edited_digest_is_one_finding(target: str) -> None:
    text = compiled(target).bundle.texts[TARGETS[target]]
    line = next(line for line in text.splitlines() if "io.twipc.config" in line)
    assert told(target, line, '      io.twipc.config: "x"') == ["edge.configuration digest: says 'x', the spec says nothing"]
    assert told(target, f"{line}\n", "") == ["edge.configuration digest: says 'no digest', the spec says nothing"]


def test_an_edited_name_of_a_config_is_one_finding() -> None:
    text = compiled("swarm").bundle.texts["docker-stack.yml"]
    (name,) = re.findall(r'"shop-prod-edge-nginx.conf-([0-9a-f]{12})"', text)
    place = "edge.config at /etc/nginx/nginx.conf"
    assert told("swarm", name, "0" * 12) == [f"{place} digest: says '{'0' * 12}', the spec says nothing"]
    assert told("swarm", f"-{name}", "") == [
        f"{place}: says 'shop-prod-edge-nginx.conf, without a digest', the spec says 'shop-prod-edge-nginx.conf'"
    ]


@pytest.mark.parametrize("target", TARGETS)
def test_an_added_service_is_told_and_nothing_else(target: str) -> None:
    found = told(target, "  front:\n", f"{EVIL}  front:\n")
    assert "evil.labels.io.twipc.environment: says 'nothing', the spec says nothing" in found
    assert all("evil" in one for one in found if not one.startswith("option.")), found


@pytest.mark.parametrize("target", TARGETS)
def test_a_foreign_owner_is_told_where_it_stands(target: str) -> None:
    assert told(target, 'io.twipc.project: "shop"', 'io.twipc.project: "evil"') == [
        "edge.labels.io.twipc.project: says 'evil', the spec says nothing"
    ]


def test_two_owners_and_no_majority_are_one_finding() -> None:
    text = (
        "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\n"
        "services: {api: {image: shop/api:1}, web: {image: shop/web:1}}\n"
    )
    (one,) = compiled_text(text).compiled
    for count, said in ((1, "evil and shop"), (2, "evil")):
        edited = one.bundle.texts["docker-compose.yml"].replace('io.twipc.project: "shop"', 'io.twipc.project: "evil"', count)
        found = differences(one.model, one.target, one.options, one.target.read({"docker-compose.yml": edited}))
        assert [plainly(one) for one in found] == [f"environment.project: says '{said}', the spec says 'shop'"]


def test_the_project_has_its_name() -> None:
    assert told("compose", 'name: "shop-prod"', 'name: "shop-evil"') == [
        "file.name: says 'shop-evil', the spec says 'shop-prod'"
    ]
    assert told("compose", 'name: "shop-prod"\n', "") == ["file.name: says nothing, the spec says 'shop-prod'"]
    assert told("compose-2.4", "=shop-prod", "=shop-evil", ".env") == [
        ".env.COMPOSE_PROJECT_NAME: says 'shop-evil', the spec says 'shop-prod'"
    ]
    with pytest.raises(Unreadable, match="stands twice"):
        told("compose-2.4", "COMPOSE", "COMPOSE_PROJECT_NAME=x\nCOMPOSE", ".env")
    with pytest.raises(Unreadable, match="begins with a byte order mark"):
        told("compose-2.4", "# shop", "\ufeff# shop", ".env")


def test_a_stack_takes_numbers_only_as_numbers() -> None:
    """`docker stack config`: "services.edge.ports.0.published must be a integer", and the like."""
    assert told("swarm", "published: 80\n", 'published: "80"\n') == [
        "service.publish.edge.8080.0: says ('80', ''), the spec says (80, '')"
    ]
    assert told("swarm", "target: 8080\n", 'target: "8080"\n') == [
        "edge.port 8080.target: says \"'8080'\", the spec says nothing"
    ]
    assert told("swarm", 'cpus: "0.5"', "cpus: 0.5") == ["service.resources.cpu.web: says '0.5 as a number', the spec says 500"]
    (found,) = told("swarm", 'memory: "256M"', "memory: 268435456")
    assert found.startswith("service.resources.memory.web: says '268435456 as a number'")


def test_compose_takes_a_port_as_text_or_number() -> None:
    assert told("compose", 'published: "80"', "published: 80") == []


RUNS = [
    ('user: "10001:10001"', 'user: "0"', "service.user.web: says '0', the spec says '10001:10001'"),
    (
        'read_only: true\n    stop_signal: "SIGINT"',
        'stop_signal: "SIGINT"',
        "service.read_only.web: says False, the spec says True",
    ),
    ('- "CHOWN"', '- "CHOWN"\n      - "ALL"', "service.capabilities.web: says ('ALL', 'CHOWN'), the spec says ('CHOWN',)"),
    ('stop_signal: "SIGINT"', 'stop_signal: "SIGKILL"', "service.stop_signal.web: says 'SIGKILL', the spec says 'SIGINT'"),
    ("init: true", "init: false", "service.init.web: says False, the spec says True"),
    ('user: "101:101"', 'user: "0:0"', "edge.user: says '0:0', the spec says '101:101'"),
    ("init: false", "init: true", "edge.init: says True, the spec says False"),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("old", "new", "said"), RUNS, ids=str)
def test_how_a_program_runs_is_read(target: str, old: str, new: str, said: str) -> None:
    assert told(target, old, new) == [said]


@pytest.mark.parametrize("target", ["compose", "compose-2.4"])
@pytest.mark.parametrize("options", ["exec", "mode=1777,size=64m,noexec,nosuid", "mode=1777,size=64g,noexec,nosuid,nodev"])
def test_other_options_of_scratch_files_are_told(target: str, options: str) -> None:
    assert told(target, "/run:mode=1777,size=64m,noexec,nosuid,nodev", f"/run:{options}")


def test_a_stack_says_no_more_of_scratch_files() -> None:
    old = 'target: "/run"\n        tmpfs:\n          size: 67108864\n'
    for new in (old.replace("67108864", "67108865"), old + "          mode: 511\n", old + "        read_only: true\n"):
        assert told("swarm", old, new)


NETWORKS = [
    ("    internal: true\n", "", ["network.internal.back: says nothing, the spec says True"]),
    (
        "    internal: true\n",
        "    internal: true\n    enable_ipv6: true\n",
        ["network back.enable_ipv6: says True, the spec says nothing"],
    ),
    ("    internal: true\n", "    internal: yes\n", ["network.internal.back: says 'yes', the spec says True"]),
    ("  out:\n    ", "  out:\n    external: true\n    ", ["network out.external: says True, the spec says nothing"]),
    (
        '          - "news"\n',
        "",
        ["service.networks.web: says {'back': ('paper.shop',)}, the spec says {'back': ('news', 'paper.shop')}"],
    ),
    (
        '        aliases:\n          - "news"\n',
        '        ipv4_address: "10.0.0.9"\n        aliases:\n          - "news"\n',
        ["web.networks.back.ipv4_address: says '10.0.0.9', the spec says nothing"],
    ),
    ("      out: {}\n", "", ["service.networks.edge: says {'back': ()}, the spec says {'out': (), 'back': ()}"]),
    ("      out: {}\n", "      out:\n", []),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("old", "new", "said"), NETWORKS, ids=str)
def test_networks_are_read_whole(target: str, old: str, new: str, said: list[str]) -> None:
    assert told(target, old, new) == said


@pytest.mark.parametrize("target", TARGETS)
def test_a_list_of_networks_is_what_its_mapping_is(target: str) -> None:
    assert told(target, "      back: {}\n      out: {}\n", '      - "back"\n      - "out"\n') == []


def test_what_encrypts_and_what_only_seems_to() -> None:
    driver = '    driver_opts:\n      encrypted: "true"\n'
    assert told("swarm", driver, "") == ["network.encrypted.back: says nothing, the spec says True"]
    # The option encrypts, whatever it says; what ours says is always the same.
    assert told("swarm", driver, driver.replace('"true"', '"false"')) == [
        "network back.driver_opts.encrypted: says 'false', the spec says nothing"
    ]
    more = driver + '      com.docker.network.driver.mtu: "1"\n'
    assert told("swarm", driver, more) == [
        "network back.driver_opts.com.docker.network.driver.mtu: says '1', the spec says nothing"
    ]
    assert told("swarm", "attachable: false", "attachable: true") == ["network back.attachable: says True, the spec says False"]
    on_one_host = '    driver: "bridge"\n'
    assert told("compose", on_one_host, on_one_host + driver) == ["network.encrypted.back: says True, the spec says nothing"]
    for target in ("compose", "compose-2.4"):
        (found,) = told(target, on_one_host, '    driver: "macvlan"\n')
        assert found == "network back.driver: says 'macvlan', the spec says 'bridge'"


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("nothing", ["{}", "[]", "null"])
def test_what_is_said_and_empty_is_told(target: str, nothing: str) -> None:
    """Of `build: {}` Docker Compose 2.26 makes a build in the file's own folder; others are refused."""
    user = '    user: "10001:10001"\n'
    assert told(target, user, f"{user}    build: {nothing}\n") == ["web.build: says 'empty', the spec says nothing"]
    assert told(target, "\nnetworks:\n", f"\nx-odd: {nothing}\nnetworks:\n") == [
        "file.x-odd: says 'empty', the spec says nothing"
    ]
