"""`twipc schema`: the JSON Schema that editors complete and check with."""

from __future__ import annotations

import click

from twipc.schema import environment_schema, fragment_schema, text


@click.command("schema")
@click.option("--fragment", is_flag=True, help="The schema of a file that others extend.")
def command(fragment: bool) -> None:
    """Print the JSON Schema of specs."""
    click.echo(text(fragment_schema() if fragment else environment_schema()), nl=False)
