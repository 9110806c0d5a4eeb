"""Writes everything that is derived from the code: `./test --update`; `check()` says what is stale."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests import cases
from twipc.target.fields import all_fields, engine_fields

ROOT = Path(__file__).resolve().parents[1]


def answers() -> str:
    """The typed dictionaries that make mypy demand an answer for each field."""
    engine = set(engine_fields())
    own = [field for field in all_fields() if field not in engine and not field.startswith("service.ready.")]
    lines = [
        '"""The fields that targets and engines answer for. Derived by `./test --update`: do not edit."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import TYPE_CHECKING, TypedDict",
        "",
        "if TYPE_CHECKING:",
        "    from .support import Answer",
        "else:",
        "    Answer = object  # a name in quotes is compiled, each one",
    ]
    for name, keys in (("EngineSupport", list(engine_fields())), ("FieldSupport", own)):
        lines += ["", f"{name} = TypedDict(", f'    "{name}",', "    {"]
        lines += [f'        "{key}": Answer,' for key in keys]
        lines += ["    },", ")"]
    return "\n".join(lines) + "\n"


def code_page() -> str:
    """Every diagnostic code on one page."""
    from twipc.catalogue import codes
    from twipc.cli.explain import explain_code

    head = [
        "# Diagnostic codes",
        "",
        "Derived from the code by `./test --update`; `twipc explain CODE` prints one of them.",
        "",
    ]
    pages = []
    for code in codes().values():
        title, *rest = explain_code(code).splitlines()
        pages += [f"## {title}", *rest, ""]
    return "\n".join([*head, *pages]).rstrip() + "\n"


def command_page() -> str:
    """Every verb's help on one page."""
    from click.testing import CliRunner

    from twipc.cli import VERBS, cli

    within = [[verb, name] for verb in sorted(VERBS) for name in _commands(verb)]
    parts = ["# The command line", "", "Derived from the code by `./test --update`.", ""]
    for arguments in ([], *sorted([[verb] for verb in VERBS] + within)):
        asked = " ".join(["twipc", *arguments, "--help"])
        shown = CliRunner().invoke(cli, [*arguments, "--help"], prog_name="twipc", terminal_width=100).output
        parts += [f"## `{asked}`", "", "```", shown.rstrip(), "```", ""]
    return "\n".join(parts).rstrip() + "\n"


def _commands(verb: str) -> list[str]:
    """The commands of a verb that has some of its own."""
    import click

    from twipc.cli import cli

    found = cli.get_command(click.Context(cli), verb)
    return found.list_commands(click.Context(found)) if isinstance(found, click.Group) else []


def support_page() -> str:
    from twipc.matrix import matrix

    return matrix()


def limits_page() -> str:
    from twipc.boundaries import page

    return page()


def becoming_page() -> str:
    from tests.becoming import page

    return page()


def environment_schema() -> str:
    from twipc import schema

    return schema.text(schema.environment_schema())


def fragment_schema() -> str:
    from twipc import schema

    return schema.text(schema.fragment_schema())


DERIVED: dict[str, Callable[[], str]] = {
    "twipc/target/answers.py": answers,
    "twipc/diagnostics/CODES.md": code_page,
    "twipc/cli/COMMANDS.md": command_page,
    "targets/SUPPORT.md": support_page,
    "targets/LIMITS.md": limits_page,
    "targets/ecs/FIELDS.md": becoming_page,
    "specs/environment.schema.json": environment_schema,
    "specs/fragment.schema.json": fragment_schema,
}


def stale() -> dict[str, str]:
    """The derived files that do not hold what the code says, and what they should hold."""
    derived = {path: derive() for path, derive in DERIVED.items()}
    derived |= cases.expected()
    there = {path for path in cases.present() if path not in derived}
    found = {path: text for path, text in derived.items() if not (ROOT / path).is_file() or (ROOT / path).read_text() != text}
    return found | dict.fromkeys(there, "")


def main() -> None:
    if (ROOT / "twipc/target/answers.py").read_text() != answers():
        # Everything else imports it, so it goes first and this starts anew.
        (ROOT / "twipc/target/answers.py").write_text(answers())
        os.execv(sys.executable, [sys.executable, "-m", "tests.derive"])  # noqa: S606 - the same program again
    for path, text in sorted(stale().items()):
        if text:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text)
        else:
            (ROOT / path).unlink()
        print(f"updated {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
