"""Official images that start as root and become another user, which takes rights that are dropped unless they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.spec import Service

from .codes.services import NO_RIGHTS

_STEPS_DOWN = ("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID")
"""What `find DATA ! -user U -exec chown U` and `gosu U` take. Measured on the entrypoints below by `setpriv --bounding-set`:
without DAC_OVERRIDE the second start ends, which finds a folder that is another's."""


class _Becoming(Struct, frozen=True):
    """The user whom an image becomes, when it runs its own program, and what that takes."""

    user: str
    program: str
    takes: tuple[str, ...] = _STEPS_DOWN


_IMAGES: Mapping[str, _Becoming] = {
    "mariadb": _Becoming("mysql", "mariadbd"),
    "mongo": _Becoming("mongodb", "mongod"),
    "mysql": _Becoming("mysql", "mysqld"),
    "nginx": _Becoming("nginx", "nginx", ("CHOWN", "SETGID", "SETUID")),
    "postgres": _Becoming("postgres", "postgres"),
    "rabbitmq": _Becoming("rabbitmq", "rabbitmq-server"),
    "redis": _Becoming("redis", "redis-server"),
    "valkey/valkey": _Becoming("valkey", "valkey-server"),
}
"""By repository, as each one's docker-entrypoint.sh says it (docker-library/postgres, mysql, rabbitmq and mongo,
MariaDB/mariadb-docker, redis/docker-library-redis, valkey-io/valkey-container); nginx/docker-nginx names no USER, and its
workers are `user nginx`: measured as above on nginx 1.31."""


def becoming(model: Model) -> Iterator[Finding]:
    """Services that end as they start, for want of a user or of rights."""
    for name, service in model.services:
        image = _IMAGES.get(_repository(service.image or ""))
        lacking = sorted(set(image.takes) - set(service.capabilities)) if image else []
        if not image or not lacking or not _starts_as_root(service, image.program):
            continue
        path: Path = ("services", name, "image")
        wanted = ", ".join(sorted({*service.capabilities, *image.takes}))
        yield Finding(
            NO_RIGHTS,
            f"`{name}` is root as it starts, and becomes `{image.user}`, for which it lacks {', '.join(lacking)}",
            model.span(path),
            help=_help(service.image or "", image, f"`capabilities: [{wanted}]`"),
            at=model.tree.name(path),
        )


def _help(image: str, becomes: _Becoming, rights: str) -> str:
    if becomes.program == "nginx":
        return f"write {rights}, or a service with `http`, whose configuration twipc writes: `twipc explain http` tells how"
    ask = f"docker run --rm --entrypoint id {image} {becomes.user}"
    return f'say whom it becomes, as `user: "999:999"`, by the numbers that `{ask}` prints; or, but on Fargate, write {rights}'


def _repository(image: str) -> str:
    """An image's repository, without what Docker Hub's go without."""
    named = image.partition("@")[0].removeprefix("docker.io/").removeprefix("library/")
    last = named.rpartition("/")[2].partition(":")[0]
    return f"{named.rpartition('/')[0]}/{last}".removeprefix("/")


def _starts_as_root(service: Service, program: str) -> bool:
    """Whether the image's own entrypoint runs its own program, and nothing says who does."""
    if service.user or service.entrypoint or service.http or service.build or service.mode:
        return False
    first = service.command[0] if service.command else program
    return first == program or first.startswith("-")
