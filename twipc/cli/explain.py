"""`twipc explain`: what a code or a field means."""

from __future__ import annotations

import re

import click

from twipc import reference
from twipc.catalogue import codes
from twipc.diagnostics import Code
from twipc.diagnostics.near import near
from twipc.diagnostics.render import visible


def completed(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Codes, and places of a spec by their paths."""
    names = [*codes(), *dict.fromkeys(place.dotted for place in reference.every())]
    return [name for name in names if name.startswith(begun)]


@click.command("explain")
@click.argument("what", metavar="CODE|FIELD", shell_complete=completed)
def command(what: str) -> None:
    """Explain a finding's code (TW401); a field or a noun of a spec by its path (services.web.replicas, services.*.ready), by
    the end of it (ready.interval) or by its name (backend); a target's option (targets.ecs.subnets); or a word of compose
    files, Kubernetes, ECS, nginx or haproxy (livenessProbe)."""
    known = codes()
    if what.upper() in known:
        click.echo(explain_code(known[what.upper()]), nl=False)
        return
    found = reference.find(what)
    # A noun may be called as one of its own fields is: both are told.
    if len(found) == 1 or (found and found[0].dotted == what):
        click.echo("\n".join(map(reference.page, found)), nl=False)
        return
    if found:
        raise click.UsageError(visible(f"`{what}` is the name of several fields; {reference.several(found)}"))
    told = reference.answer(what)
    if told:
        click.echo("\n".join(map(visible, told.split("\n"))), nl=False)
        return
    raise click.UsageError(visible(f"`{what}` is neither a code nor a field; {_help(what)}"))


def _help(what: str) -> str:
    letters = re.fullmatch("([A-Z]{2,10}?)([0-9OIL]*[0-9][0-9OIL]*)", what.upper())
    if not letters:
        return reference.meant(what)
    code = letters[1] + letters[2].translate(str.maketrans("OIL", "011"))
    close = code if code in codes() else near(code, codes())
    return f"did you mean {close}?" if close else "codes are such as TW401; findings say theirs"


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
