"""What log drivers take: Docker itself says it when a container is made, or only when it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twipc.diagnostics import Finding, Path
from twipc.diagnostics.near import near
from twipc.model import Model

from .codes.services import ENDLESS_LOG, LOG_OPTION
from .log_options import CONDITIONS, NEEDED, OPTIONS

_Options = Mapping[str, str]


def logs(model: Model) -> Iterator[Finding]:
    """Options that a driver does not take, takes otherwise, or needs; and logs without an end."""
    for name, service in model.services:
        path: Path = ("services", name, "logging")
        driver, options = service.logging.driver, service.logging.told
        bad = list(_bad(model, path, driver, options))
        yield from bad
        if model.tree.gaps.touch(path):
            continue  # what is missing may be what could not be read
        if not bad:
            yield from _needed(model, path, driver, options)
        if driver == "json-file" and "max-size" not in options:
            yield Finding(
                ENDLESS_LOG,
                f"the log of `{name}` grows until its host's disk is full",
                model.span((*path, "driver")),
                help='say `options: {max-size: 10m, max-file: "3"}`, or `driver: local`',
                at=model.tree.name(path),
            )


def _bad(model: Model, path: Path, driver: str, options: _Options) -> Iterator[Finding]:
    known = OPTIONS[driver]
    for option, value in sorted(options.items()):
        where: Path = (*path, "options", option)
        if option not in known:
            said = f"the driver `{driver}` has no option `{option}`"
            meant = near(option, known)
            listed = f"its options are: {', '.join(sorted(known))}" if known else "it takes none"
            help = f"did you mean `{meant}`?" if meant else listed
            yield _finding(model, where, said, help, key=True)
        elif not known[option].fits(value):
            # The value itself may be a secret that went astray.
            yield _finding(model, where, f"`{option}` takes {known[option].what}", known[option].such_as)


def _needed(model: Model, path: Path, driver: str, options: _Options) -> Iterator[Finding]:
    """What is missing, or does not go together."""
    for option, such_as in NEEDED.get(driver, {}).items():
        if option not in options:
            said = f"the driver `{driver}` needs the option `{option}`"
            yield _finding(model, (*path, "driver"), said, f"such as `options: {{{option}: {such_as}}}`")
    for option, fails, said, help in CONDITIONS:
        if option in OPTIONS[driver] and option in options and fails(driver, options):
            yield _finding(model, (*path, "options", option), f"`{option}` {said}", help)


def _finding(model: Model, path: Path, said: str, help: str, *, key: bool = False) -> Finding:
    return Finding(LOG_OPTION, said, model.span(path, key=key), help=help or None, at=model.tree.name(path))
