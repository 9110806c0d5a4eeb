"""Writes everything that is derived from the code: `./test --update`; `check()` says what is stale."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

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
    ]
    for name, keys in (("EngineSupport", list(engine_fields())), ("FieldSupport", own)):
        lines += ["", f"{name} = TypedDict(", f'    "{name}",', "    {"]
        lines += [f'        "{key}": "Answer",' for key in keys]
        lines += ["    },", ")"]
    return "\n".join(lines) + "\n"


DERIVED: dict[str, Callable[[], str]] = {"twipc/target/answers.py": answers}


def stale() -> list[str]:
    """The derived files that do not hold what the code says."""
    return [path for path, derive in DERIVED.items() if not (ROOT / path).is_file() or (ROOT / path).read_text() != derive()]


def main() -> None:
    for path in stale():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(DERIVED[path]())
        print(f"updated {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
