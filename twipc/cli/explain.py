"""`twipc explain`: what a code or a field means."""

from __future__ import annotations

import difflib

import click

from twipc.catalogue import codes
from twipc.diagnostics import Code


@click.command("explain")
@click.argument("what", metavar="CODE|FIELD")
def command(what: str) -> None:
    """Explain a finding's code (TW401) or a field (services.web.replicas)."""
    known = codes()
    if what.upper() in known:
        click.echo(explain_code(known[what.upper()]), nl=False)
        return
    told = explain_field(what)
    if told:
        click.echo(told, nl=False)
        return
    near = difflib.get_close_matches(what.upper(), known, 1)
    raise click.UsageError(f"`{what}` is neither a code nor a field" + (f"; did you mean {near[0]}?" if near else ""))


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
    from twipc.spec.shape import dotted_fields

    steps = asked.split(".")
    for dotted, description in dotted_fields():
        pattern = dotted.split(".")
        if len(pattern) == len(steps) and all(mine in ("*", given) for mine, given in zip(pattern, steps, strict=True)):
            lines = [dotted, "", description, ""]
            answers = answers_for(dotted)
            if answers:
                lines += ["On the targets:", "", *(f"    {line}" for line in answers), ""]
            return "\n".join(lines)
    return ""
