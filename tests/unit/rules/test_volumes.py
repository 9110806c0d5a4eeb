"""Kinds of volumes: what fits together, what is one store under two names, and what each target makes of it."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text
from twipc.diagnostics import Finding
from twipc.rules.across import across

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\n"
TWO = """\
services:
  one: {image: shop/one:1, mounts: {/a: first}}
  two: {image: shop/two:1, mounts: {/b: second}}
"""


def findings(volumes: str, services: str = TWO, target: str = "compose") -> list[Finding]:
    return list(compiled_text(f"{HEAD}targets: {{{target}: {{}}}}\n{services}volumes:\n{volumes}").findings)


def errors(volumes: str, services: str = TWO, target: str = "compose") -> list[tuple[str, str]]:
    found = findings(volumes, services, target)
    return [(one.code.id, one.at) for one in found if one.severity.value == "error"]


def pair(first: str, second: str) -> str:
    return f"  first: {{{first}}}\n  second: {{{second}}}\n"


NFS = "nfs: {{server: {}, path: {}}}"
DEVICE = 'driver: {name: local, options: {type: ext4, device: "/dev/sdb1"}}'


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("host: /srv/a", "host: /srv/a"),
        ("host: /srv/a", "host: /srv/a/b"),
        ("host: /srv/a/b/c", "host: /srv/a"),
        (NFS.format("nfs.example.com", "/a"), NFS.format("nfs.example.com", "/a")),
        (NFS.format("nfs.example.com", "/"), NFS.format("nfs.example.com", "/a")),
        (DEVICE, DEVICE),
    ],
)
def test_two_names_of_one_store_are_two_writers(first: str, second: str) -> None:
    one, many, none = "access: single-writer, ", "access: shared, ", "access: read-only, "
    found = [("TW401", "services.two.mounts[/b]")]
    assert errors(pair(one + first, one + second)) == found
    assert errors(pair(many + first, one + second)) == found
    assert errors(pair(one + first, many + second)) == found
    assert not errors(pair(many + first, many + second))
    assert not errors(pair(one + first, none + second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("host: /srv/a", "host: /srv/ab"),
        ("host: /srv/a/b", "host: /srv/a/c"),
        ("host: /a", NFS.format("nfs.example.com", "/a")),
        (NFS.format("nfs.example.com", "/a"), NFS.format("other.example.com", "/a")),
        ("retention: keep", "retention: keep"),
        ("driver: {name: local, options: {type: tmpfs, device: tmpfs}}",) * 2,
        ('driver: {name: shop/disk, options: {size: "1"}}',) * 2,
    ],
)
def test_other_stores_are_others(first: str, second: str) -> None:
    assert not errors(pair(f"access: single-writer, {first}", f"access: single-writer, {second}"))


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("host: /srv/a", "host: /srv/a/b", 1),
        ("host: /srv/a", "host: /srv/b", 0),
        (NFS.format("n.example.com", "/"),) * 2 + (1,),
    ],
)
def test_two_environments_do_not_write_one_folder(first: str, second: str, count: int) -> None:
    models = []
    for name, kind in (("prod", first), ("test", second)):
        text = f"{HEAD}targets: {{compose: {{}}}}\nservices: {{one: {{image: a/b:1, mounts: {{/a: data}}}}}}\n"
        text = (
            text.replace("environment: prod", f"environment: {name}") + f"volumes: {{data: {{access: single-writer, {kind}}}}}"
        )
        models.append(compiled_text(text, stem=name).model)
    found = list(across([model for model in models if model], [{}, {}], [{}, {}], [{}, {}]))
    assert [(one.code.id, one.at) for one in found] == [("TW401", "volumes.data")] * count


@pytest.mark.parametrize(
    "folder",
    [
        *("/", "/etc", "/etc/ssl", "/var", "/var/run", "/var/run/docker.sock", "/run", "/proc", "/sys/fs", "/dev/shm"),
        *("/root", "/home", "/var/lib", "/var/lib/docker/volumes", "/usr/lib", "/lib", "/boot", "/home/me/.ssh"),
    ],
)
def test_a_folder_that_the_host_lives_in_is_refused(folder: str) -> None:
    assert errors(pair(f"access: read-only, host: {folder}", "access: shared")) == [("TW438", "volumes.first.host")]


@pytest.mark.parametrize(
    "folder", ["/srv", "/srv/etc", "/opt/shop", "/data", "/var/log/shop", "/home/me/shop", "/etcetera", "/mnt"]
)
def test_other_folders_are_not(folder: str) -> None:
    assert not errors(pair(f"access: read-only, host: {folder}", "access: shared"))


@pytest.mark.parametrize(
    "volume",
    [
        "access: shared, host: srv",
        "access: shared, host: ./srv",
        "access: shared, host: /srv/../etc",
        "access: shared, host: /srv/",
        "access: shared, host: //srv",
        'access: shared, host: ""',
        "access: shared, host: /a, driver: local",
        "access: per-replica, host: /srv/a",
        "access: scratch, nfs: {server: nfs.example.com, path: /a}",
        "access: scratch, driver: local",
        "access: scratch, retention: keep",
        "access: scratch, retention: delete",
        "access: shared, host: /srv/a, retention: delete",
        "access: shared, retention: delete, nfs: {server: nfs.example.com, path: /a}",
        'access: shared, nfs: {server: "nfs.example.com,nolock", path: /a}',
        "access: shared, nfs: {server: nfs.example.com, path: a}",
        "access: shared, nfs: {server: nfs.example.com}",
        'access: shared, driver: {name: local, options: {type: nfs, o: "addr=a.example.com,nolock", device: ":/a"}}',
        'access: shared, driver: {name: local, options: {type: nfs4, device: ":/a"}}',
        "access: shared, driver: {name: local, options: {type: none, device: /etc, o: bind}}",
        'access: shared, driver: {name: local, options: {device: /etc, o: "rw,rbind"}}',
        "access: shared, driver: {name: shop/disk, options: {size: 1}}",
        'access: shared, driver: {name: shop/disk, options: {"a$b": x}}',
        "access: shared, driver: {name: -x}",
    ],
)
def test_what_does_not_fit_is_refused(volume: str) -> None:
    found = errors(pair(volume, "access: shared"))
    assert len(found) == 1
    assert found[0][0].startswith("TW2")


@pytest.mark.parametrize("access", ["per-replica, retention: delete", "scratch"])
def test_each_instance_has_one_of_its_own(access: str) -> None:
    one = f"  first: {{access: {access}}}\n"
    twice = "services: {one: {image: a/b:1, replicas: 3, mounts: {/a: first, /b: first}}}\n"
    assert errors(one, twice) == [("TW437", "services.one.mounts[/b]")]
    assert not errors(one, twice.replace(", /b: first", ""))
    assert not errors(one, TWO.replace("second", "first"))


@pytest.mark.parametrize(
    ("target", "volume", "found"),
    [
        ("compose", "access: per-replica", [("TW510", "volumes.first.access")]),
        ("compose-2.4", "access: per-replica", [("TW510", "volumes.first.access")]),
        ("compose", "access: per-replica, retention: keep", [("TW510", "volumes.first.retention")]),
        ("compose", "access: per-replica, retention: delete", []),
        ("compose", "access: scratch", [("TW502", "volumes.first.access")]),
        ("swarm", "access: per-replica", [("SWARM101", "volumes.first")]),
        ("swarm", "access: scratch", []),
        ("swarm", "access: shared, nfs: {server: nfs.example.com, path: /a}", []),
        ("swarm", "access: shared, host: /srv/a", [("SWARM101", "volumes.first")]),
        ("swarm", "access: shared, driver: shop/disk", [("SWARM101", "volumes.first")]),
    ],
)
def test_what_a_target_makes_of_it_is_said_once(target: str, volume: str, found: list[tuple[str, str]]) -> None:
    services = "services: {one: {image: a/b:1, mounts: {/a: first}}}\n"
    said = findings(f"  first: {{{volume}}}\n", services, target)
    assert [(one.code.id, one.at) for one in said if one.severity.value != "note"] == found


def test_replicas_may_be_on_all_nodes_that_have_a_folder() -> None:
    service = "image: a/b:1, ports: {http: 80}, publish: [{port: http, host: 80}], replicas: 2, mounts: {/a: first}"
    services = f"services: {{one: {{{service}}}}}\n"
    assert errors("  first: {access: shared}\n", services, "swarm") == [("SWARM105", "services.one.replicas")]
    assert not errors("  first: {access: shared, host: /srv/a}\n", services, "swarm")
    assert not errors("  first: {access: scratch}\n", services, "swarm")


@pytest.mark.parametrize("target", ["compose", "compose-2.4", "swarm"])
def test_a_folder_that_nobody_mounts_is_nowhere(target: str) -> None:
    services = "services: {one: {image: a/b:1}}\n"
    outcome = compiled_text(
        f"{HEAD}targets: {{{target}: {{}}}}\n{services}volumes: {{first: {{access: shared, host: /srv/a}}}}"
    )
    assert outcome.compiled
    assert {"TW415", "TW501"} <= set(outcome.codes)


def test_an_instances_own_has_one_writer_while_it_is_replaced() -> None:
    services = "services: {one: {image: a/b:1, mounts: {/a: first}, rollout: {order: start-first}}}\n"
    own = "  first: {access: per-replica}\n"
    assert errors(own, services, "swarm") == [("TW401", "services.one.rollout.order")]
    assert not errors(own, services.replace("start-first", "stop-first"), "swarm")
    assert not errors("  first: {access: scratch}\n", services, "swarm")
