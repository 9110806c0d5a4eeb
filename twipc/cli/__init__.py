"""The command line: prints and exits, decides nothing. Each verb's module is imported when it is used."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twipc.stamp import Stamp

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VERBS = {
    "bench": "Ask many times at once, and count.",
    "build": "Build the images that the spec says how to make.",
    "clean": "List and remove what an environment left behind.",
    "compile": "Compile specs into out/.",
    "deploy": "Deploy an environment as one stack, or say what that would do.",
    "doctor": "Say what this machine lacks to run environments.",
    "down": "End an environment; its volumes stay.",
    "explain": "Explain a code or a field.",
    "images": "List the images of an environment.",
    "lint": "Say everything that can be said without writing.",
    "logs": "Print what the instances say.",
    "pack": "Push the images of an environment to a registry, and lock their digests.",
    "routes": "Say who takes which request, and where two specs or files differ.",
    "scale": "Run more or fewer instances of a service.",
    "schema": "Print the JSON Schema of specs.",
    "status": "Show what runs, held against the spec.",
    "targets": "List the targets, or what each can say.",
    "test": "Ask for each route of what is published.",
    "up": "Start an environment, or bring it to what the spec says.",
    "verify": "Compare the meaning of what is committed with the spec.",
}
BUG = 70
_CLOSED_PIPE = 141
GARBAGE = 500_000
"""So many new objects before garbage is looked for: more than a compile of a thousand services leaves of one pass."""


class _Verbs(click.Group):
    """The verbs by name; help is listed without importing them."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        found: click.Command = import_module(f"twipc.cli.{name}").command
        return found

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        """The verbs by their names as help lists them: a person waits for each key."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=help) for name, help in sorted(VERBS.items()) if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, context, incomplete)

    def resolve_command(self, context: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and not args[0].startswith("-"):
            from twipc.diagnostics.near import near
            from twipc.diagnostics.render import visible

            meant = near(args[0], VERBS)
            help = f"did you mean `{meant}`?" if meant else f"verbs are: {', '.join(sorted(VERBS))}"
            context.fail(visible(f"there is no verb `{args[0]}`; {help}"))
        return super().resolve_command(context, args)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from twipc import __version__

        click.echo(f"twipc {__version__}")
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


def main(arguments: list[str] | None = None, stamp: Stamp | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 findings, 2 usage, 3 a tool, 4 not written, 70 our bug, 130 interrupted."""
    # A run makes much, and nearly all of it lives to the end: looking for garbage would take a sixth of its time.
    gc.set_threshold(GARBAGE)
    # What a spec means hangs on no plugin that is installed beside: none is looked for, which takes its time as well.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # What a terminal's encoding lacks is spelled out, never an error.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments, stamp)
        if sys.stdout:
            sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        code = 130
    except BrokenPipeError:
        code = _CLOSED_PIPE
    except OSError as problem:
        # A full disk behind standard output, or a refusal that nobody foresaw: in any case not the spec's fault, nor ours.
        _say(f"{f'{problem.filename}: ' if problem.filename else ''}{problem.strerror}")
        code = 4
    if code in (4, _CLOSED_PIPE) and sys.stdout:
        # A second error when Python flushes at exit helps nobody.
        with suppress(OSError):  # not every stream is a file
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _run(arguments: list[str] | None, stamp: Stamp | None) -> int:
    if "_TWIPC_COMPLETE" in os.environ:
        with suppress(KeyError, ValueError):  # a shell says what it wants completed; anything else asks for nothing
            cli.main(arguments, prog_name="twipc")
        return 2
    try:
        # Not `cli.main`: it takes a closed pipe for a failure, and gives exit codes back instead of raising them.
        with cli.make_context("twipc", sys.argv[1:] if arguments is None else arguments, obj=stamp) as context:
            cli.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.exceptions.NoArgsIsHelpError as wrong:
        wrong.show()
        return wrong.exit_code
    except click.UsageError as wrong:
        from twipc.diagnostics.render import visible

        click.UsageError(visible(wrong.format_message()), wrong.ctx).show()
        return wrong.exit_code
    except (click.Abort, OSError):
        raise
    except MemoryError:
        _say("out of memory")
        return BUG
    except Exception as bug:
        return _tell_bug(bug)
    return 0


def _interrupt(_number: int, _frame: Any) -> None:
    """Once is enough: a second one would cut off what puts things right."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(text: str) -> None:
    from twipc.diagnostics.render import visible

    with suppress(OSError):  # whoever read our errors may have gone too
        click.echo(f"twipc: {visible(text)}", err=True)


def _tell_bug(bug: Exception) -> int:
    """Nothing was written: say that twipc is wrong, and what a report of it needs."""
    import traceback

    from twipc.diagnostics.render import visible
    from twipc.registry import BadTarget

    if isinstance(bug, BadTarget):
        _say(str(bug))
        return 3
    last = traceback.extract_tb(bug.__traceback__)[-1]
    file = Path(last.filename)
    _say("this is a bug in twipc, not in your spec; nothing was written")
    told = [visible(line) for line in str(bug).split("\n")]
    click.echo("\n".join([*told, f"  at {file.parent.name}/{file.name}:{last.lineno} ({type(bug).__name__})"]), err=True)
    if os.environ.get("TWIPC_TRACEBACK"):
        traceback.print_exception(bug)
    else:
        click.echo("  set TWIPC_TRACEBACK=1 and run it again for the whole trace to report", err=True)
    return BUG
