"""The images that the specs name, in an engine."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.dockerd import Docker
from tests.e2e.lab.bases import APP, BASES, HAPROXY, NGINX, Base, packed
from tests.e2e.lab.cache import cached, contents

BUILT = {"twip/web:1.0.0": APP / "web", "twip/static:1.0.0": APP / "static"}
"""The sample application's, as specs/base.yaml names them, and where they are built."""


def stand_ins(docker: Docker, bases: Iterable[Base] = BASES) -> None:
    """Stand-ins under the official names, for builds."""
    there = set(docker.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split())
    for base in bases:
        if base.name not in there:
            file = packed(base.tree())
            try:
                changes = [word for change in base.changes for word in ("--change", change)]
                docker.docker("import", *changes, str(file), base.name)
            finally:
                file.unlink()


def build(docker: Docker) -> None:
    """Builds the sample application; Maven runs its unit tests."""
    for name, folder in BUILT.items():
        docker.docker("build", "--quiet", "--tag", name, str(folder))


def have_all(docker: Docker) -> None:
    """All that the specs name, of stand-ins; built only where the sample application has changed."""
    docker.docker("load", "--input", str(saved(docker)))


def saved(docker: Docker) -> Path:
    """A file with all that the specs name, which an engine can load; this one makes it where it is not there yet."""

    def make(file: Path) -> None:
        with ThreadPoolExecutor() as several:
            list(several.map(Base.tree, BASES))
        stand_ins(docker)
        build(docker)
        docker.docker("save", "--output", str(file), *BUILT, NGINX.name, HAPROXY.name)

    made_of = [*(one for base in BASES for one in base.made_of), Path(__file__).read_bytes()]
    made_of += [one for folder in BUILT.values() for one in contents(folder)]
    return cached("images", made_of, make)
