"""`twipc targets`: what there is, and what each target can say."""

from __future__ import annotations

import click

from twipc.registry import target, target_names


@click.command("targets")
@click.option("--support", is_flag=True, help="Print what each target makes of each field.")
def command(support: bool) -> None:
    """List the targets, or what each can say."""
    if support:
        from twipc.matrix import matrix

        click.echo(matrix(), nl=False)
        return
    for name in target_names():
        click.echo(f"{name:<14}{target(name).summary}")
