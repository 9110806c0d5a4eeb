"""Files of the project that services read as they are."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import normpath

from twipc.diagnostics import Path, Report
from twipc.limit import Limit
from twipc.spec import Environment, ReadFile
from twipc.syntax import Tree

from . import codes

PAGE = Limit(what="an error page", unit="bytes", most=64 << 10, source="our own: what answers an error is small")
CONFIG = Limit(
    what="a file of `configs`",
    unit="bytes",
    most=500_000,
    source="a swarm takes it whatever its engine's age: Docker's page of configs says 1000 kb, and said 500 kb",
)
LIMITS = (PAGE, CONFIG)
UNREAD = "?"
"""Stands in for a text that cannot be read, so that the rest is judged; no limit meets it, and nothing is compiled."""


def configs(environment: Environment, tree: Tree, read: ReadFile, report: Report) -> dict[str, str]:
    """The text of each file that some service's `configs` names, by its path; reports what is no text."""
    secrets = {normpath(secret.file): name for name, secret in environment.secrets.items() if secret.file}
    texts: dict[str, str] = {}
    for name, service in sorted(environment.services.items()):
        for place, file in sorted(service.configs.items()):
            path: Path = ("services", name, "configs", place)
            content = b"" if normpath(file) in secrets else read(file)
            texts[file] = UNREAD
            problem, help = _problem(file, content, secrets)
            if problem:
                report.add(codes.CONFIG_FILE, problem, tree.span(path), help=help, at=tree.name(path))
            elif content is not None:
                texts[file] = content.decode()
    return texts


def _problem(file: str, content: bytes | None, secrets: Mapping[str, str]) -> tuple[str, str | None]:
    secret = secrets.get(normpath(file))
    if secret:
        return f"`{file}` holds the secret `{secret}`", f"take it out here, and write `secrets: [{secret}]`"
    if content is None:
        return f"there is no file `{file}` in the project", "the path is relative to the folder that holds `specs/`"
    if len(content) not in CONFIG:
        return f"`{file}` has over {CONFIG.most} bytes", "bring it in the image"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"`{file}` is not UTF-8 text", "bring it in the image"
    return (f"`{file}` holds NUL: it is no text", "bring it in the image") if "\0" in text else ("", None)
