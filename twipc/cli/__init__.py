"""The command line: prints and exits, decides nothing. Each verb's module is imported when it is used."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Any

import click

VERBS = {
    "compile": "Compile specs into out/.",
    "explain": "Explain a code or a field.",
    "lint": "Say everything that can be said without writing.",
    "schema": "Print the JSON Schema of specs.",
    "targets": "List the targets, or what each can say.",
    "verify": "Compare the meaning of what is committed with the spec.",
}
BUG = 70
_VALUES_OF_HELP = (
    "\n\nSPEC is an environment's name (prod is specs/prod.yaml), a file, or - for standard input; none means all."
)


class _Verbs(click.Group):
    """The verbs by name; help is listed without importing them."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        found: click.Command = import_module(f"twipc.cli.{name}").command
        return found

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("twipc")
        except PackageNotFoundError:
            number = "(checkout)"
        click.echo(f"twipc {number}")
        context.exit()


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version and exit."
)
def cli() -> None:
    """One typed environment file, compiled into compose, swarm, ECS, nginx and haproxy files that mean the same.

    \b
    Examples:
      twipc compile                     every spec, every target of its own
      twipc compile prod --target ecs   one target of specs/prod.yaml
      twipc compile --check             is what is committed what the specs say?
      twipc explain TW401               why a finding is one
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 findings, 2 usage, 3 a tool, 4 not written, 70 our bug, 130 interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        cli.main(args=arguments, prog_name="twipc", standalone_mode=False)
        sys.stdout.flush()
        code = 0
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except click.ClickException as wrong:
        wrong.show()
        code = wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("twipc: interrupted", err=True)
        code = 130
    except BrokenPipeError:
        # Who read our output has gone; a second error when Python flushes at exit helps nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except MemoryError:
        click.echo("twipc: out of memory", err=True)
        code = BUG
    except Exception as bug:
        code = _tell_bug(bug)
    sys.exit(code)


def _interrupt(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def _tell_bug(bug: Exception) -> int:
    """Nothing was written: say that twipc is wrong, and what a report of it needs."""
    import traceback

    from twipc.registry import BadTarget

    if isinstance(bug, BadTarget):
        click.echo(f"twipc: {bug}", err=True)
        return 3
    last = traceback.extract_tb(bug.__traceback__)[-1]
    place = f"{os.path.basename(os.path.dirname(last.filename))}/{os.path.basename(last.filename)}:{last.lineno}"
    click.echo(f"twipc: this is a bug in twipc, not in your spec; nothing was written\n{bug}\n  at {place}", err=True)
    if os.environ.get("TWIPC_TRACEBACK"):
        traceback.print_exception(bug)
    else:
        click.echo("  set TWIPC_TRACEBACK=1 and run it again for the whole trace to report", err=True)
    return BUG
