"""`twipc explain`: what a code or a field means."""

from __future__ import annotations

from collections.abc import Iterator

import click

from twipc.catalogue import codes
from twipc.diagnostics import Code
from twipc.diagnostics.near import near
from twipc.diagnostics.render import visible
from twipc.registry import target, target_names

_NOUNS = {
    "environment": "",
    "service": "services.*.",
    "http": "services.*.http.",
    "backend": "services.*.http.backends.*.",
    "network": "networks.*.",
    "volume": "volumes.*.",
    "secret": "secrets.*.",
}


@click.command("explain")
@click.argument("what", metavar="CODE|FIELD")
def command(what: str) -> None:
    """Explain a finding's code (TW401), a field (services.web.replicas, or http.routes as SUPPORT.md has it), or a target's
    option (targets.ecs.subnets)."""
    known = codes()
    if what.upper() in known:
        click.echo(explain_code(known[what.upper()]), nl=False)
        return
    told = explain_field(what)
    if told:
        click.echo(told, nl=False)
        return
    meant = near(what.upper(), known)
    raise click.UsageError(visible(f"`{what}` is neither a code nor a field" + (f"; did you mean {meant}?" if meant else "")))


def explain_code(code: Code) -> str:
    """A code's page."""
    lines = [f"{code.id}: {code.title} ({code.severity.value})", "", code.why, ""]
    if code.raised_by:
        lines += [f"Found by: {code.raised_by}.", ""]
    if code.bad:
        lines += ["Causes it:", "", *_indented(code.bad), "", "Put right:", "", *_indented(code.good), ""]
    return "\n".join(lines)


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.rstrip().splitlines()]


def explain_field(asked: str) -> str:
    """What a field means, and what every target makes of it; keys that the user chooses stand for themselves or `*`."""
    from twipc.matrix import answers_for

    for steps in (_steps(asked), _steps(_spelled_out(asked))):
        for dotted, description in _fields():
            pattern = _steps(dotted)
            if len(pattern) == len(steps) and all(mine in ("*", given) for mine, given in zip(pattern, steps, strict=True)):
                lines = [dotted, "", description, ""]
                answers = answers_for(dotted)
                if answers:
                    lines += ["On the targets:", "", *(f"    {line}" for line in answers), ""]
                return "\n".join(lines)
    return ""


def _fields() -> Iterator[tuple[str, str]]:
    """The fields of the language and the options of the targets, before `targets.*`, which stands for any."""
    from twipc.spec.shape import dotted_fields

    for name in target_names():
        yield f"targets.{name}", f"{target(name).summary}."
        yield from dotted_fields(target(name).options, f"targets.{name}.")
    yield from dotted_fields()


def _steps(dotted: str) -> list[str]:
    """A target's name may have a dot in it."""
    for name in target_names():
        if f"{dotted}.".startswith(f"targets.{name}."):
            return ["targets", name, *filter(None, dotted.removeprefix(f"targets.{name}").split("."))]
    return dotted.split(".")


def _spelled_out(short: str) -> str:
    """`http.routes`, as SUPPORT.md names it, in full."""
    noun, _, leaf = short.partition(".")
    return f"{_NOUNS[noun]}{leaf}" if leaf and noun in _NOUNS else short
