"""What other tools would put something in for, and twipc writes as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twipc.diagnostics import Finding, Path
from twipc.model import Model
from twipc.regex import late_regex

from .codes.services import NOT_PUT_IN

_OF_FILES = late_regex(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?=[}:?+-])[^}]*\}|\$\([A-Z_][A-Z0-9_]*\)|^\$[A-Z_][A-Z0-9_]+(?=[/:]|$)")
"""As compose files and shells have it, without braces only at the beginning, and as Kubernetes has it."""
_OF_PROXIES = late_regex(r"\$\{?[a-z][a-z0-9_]{2,}\}?|%\[[^]]+\]")
"""As nginx has it and, in brackets, haproxy."""
_OF_REDIRECTS = late_regex(rf"{_OF_PROXIES.pattern}|\$[1-9](?![0-9])")
"""And what an expression found."""
_SHELL = late_regex("-[a-z]*c")


def variables(model: Model) -> Iterator[Finding]:
    """Strings with a variable that no shell of theirs reads; of what stands there only the variable's name is told."""
    for path, text, form in _strings(model):
        found = form.search(text)
        if found:
            name = re.sub("[:?+-].*", "}", found[0]) if found[0].startswith("${") else found[0]
            yield Finding(
                NOT_PUT_IN,
                f"nothing is put in for `{name}`",
                model.span(path),
                help=_help(form),
                at=model.tree.name(path),
            )


def _help(form: re.Pattern[str]) -> str:
    if form is _OF_FILES:
        return "write the value itself, in each environment its own, or a `secret`; where the program reads it, ignore this"
    if form is _OF_REDIRECTS:
        return "what a client asked for is kept by `redirect: {host: shop.example}` and by `redirect: {scheme: https}`"
    return "write the value itself; what tells of the client, such as X-Forwarded-For, every member gets anyway"


def _strings(model: Model) -> Iterator[tuple[Path, str, re.Pattern[str]]]:
    for name, service in model.services:
        here: Path = ("services", name)
        for key, value in sorted(service.env.items()):
            if value.value is not None:
                yield (*here, "env", key), value.value, _OF_FILES
        for key, label in sorted(service.labels.items()):
            yield (*here, "labels", key), label, _OF_FILES
        for field in ("command", "entrypoint"):
            words: tuple[str, ...] = getattr(service, field) or ()
            if not any(map(_SHELL.fullmatch, words)):
                yield from (((*here, field, nth), word, _OF_FILES) for nth, word in enumerate(words))
    for name, http in model.servers:
        inside: Path = ("services", name, "http")
        for field in ("request_headers", "response_headers"):
            headers: dict[str, str] = dict(getattr(http, field))
            yield from (((*inside, field, key), value, _OF_PROXIES) for key, value in sorted(headers.items()))
        for index, route in enumerate(http.routes):
            if route.redirect and route.redirect.to:
                yield (*inside, "routes", index, "redirect"), route.redirect.to, _OF_REDIRECTS
