"""What others have on the engine beside us, under names like ours, and what the engine has in all before and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.e2e.lab import Lab
from tests.e2e.lab.bases import BASES, NGINX, REGISTRY

LISTED = {"container": ("ps", "--all"), "network": ("network", "ls"), "volume": ("volume", "ls"), "image": ("image", "ls")}
OF_ANOTHER = ("--label", "io.twipc.project=twip", "--label", "io.twipc.environment=training")
"""Another environment of the same project, whose name begins as ours does: none of its objects may go with ours."""
NAMED = {"container": "twip-train-web1-1-of-others", "network": "twip-train_others", "volume": "twip-train_news"}
IMAGE = "twip/web:of-others"
ENGINES_OWN = ("docker_gwbridge", "ingress")
"""Networks that an engine makes when it enters a swarm, and keeps."""
WORDS = "none of yours"

Objects = dict[str, set[str]]


class Others:
    """One object of each kind that is somebody else's."""

    def __init__(self, lab: Lab) -> None:
        self._docker = lab.engine
        self._docker.docker("network", "create", *OF_ANOTHER, NAMED["network"])
        self._docker.docker("volume", "create", *OF_ANOTHER, NAMED["volume"])
        self._docker.docker("tag", NGINX.name, IMAGE)
        where = ("--name", NAMED["container"], "--network", NAMED["network"], "--volume", f"{NAMED['volume']}:/kept")
        script = ("--entrypoint", "sh", IMAGE, "-c", f"echo '{WORDS}' >/kept/words; exec sleep 100000")
        self._docker.docker("run", "--detach", "--user", "0", "--stop-signal", "KILL", *OF_ANOTHER, *where, *script)

    def seen(self) -> list[Any]:
        """The engine's account of them, which nobody changes."""
        seen: list[Any] = []
        for kind, name in (*NAMED.items(), ("image", IMAGE)):
            (one,) = self._docker.inspect(kind, [name])
            seen.append((one["Id"], one["State"]) if kind == "container" else one)
        return [*seen, self._docker.docker("exec", NAMED["container"], "cat", "/kept/words")]

    def removed(self) -> None:
        self._docker.docker("rm", "--force", NAMED["container"])
        for kind in ("network", "volume"):
            self._docker.docker(kind, "rm", NAMED[kind])
        self._docker.docker("image", "rm", IMAGE)


def objects(lab: Lab) -> Objects:
    """The ids of all that is on the engine, or of what is ours alone where others use it too; of images the names as well.

    Official images are nobody's, and stay for who builds next; so are networks of an engine's own.
    """
    ours = ("--filter", "label=io.twipc.project=twip") if lab.is_shared else ()
    how = {
        "image": ("--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}"),
        "network": ("--no-trunc", "--format", "{{.ID}} {{.Name}}"),
    }
    listed = {kind: lab.engine.docker(*ask, *how.get(kind, ("--quiet",)), *ours) for kind, ask in LISTED.items()}
    nobodys = {*ENGINES_OWN, *(base.name for base in (*BASES, REGISTRY))}
    return {kind: {row for row in rows.splitlines() if row.split()[-1] not in nobodys} for kind, rows in listed.items()}


@contextmanager
def nothing_left(lab: Lab) -> Iterator[None]:
    """Nothing of ours is left, and nothing of others' touched. What is left nevertheless goes, so that others can begin."""
    others = Others(lab)
    try:
        seen, before = others.seen(), objects(lab)
        try:
            yield
        finally:
            left = {kind: now - before[kind] for kind, now in objects(lab).items()}
            _take_away(lab, left)
        assert not any(left.values()), f"left on the engine: {left}"
        assert others.seen() == seen
        assert {kind: before[kind] - now for kind, now in objects(lab).items()} == {kind: set() for kind in LISTED}
    finally:
        others.removed()


def _take_away(lab: Lab, left: Objects) -> None:
    remove = {
        "container": ("rm", "--force"),
        "network": ("network", "rm"),
        "volume": ("volume", "rm"),
        "image": ("rmi", "--force"),
    }
    for kind, rows in left.items():
        # By its name, if it has one: an image may have others that are not left over.
        what = sorted(row.split()[0] if row.endswith("<none>:<none>") else row.split()[-1] for row in rows)
        if what:
            lab.engine.docker(*remove.get(kind, (kind, "rm")), *what)
