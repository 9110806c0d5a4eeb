"""What a policy allows and refuses: who may do which one thing with which one resource, when."""

from __future__ import annotations

from typing import Any

_EFFECTS = {"Allow": "", "Deny": "never "}
_WORDS = {"Effect", "Principal", "Action", "Resource", "Condition"}


def permissions(policy: Any) -> tuple[tuple[str, ...], ...]:
    """One line for each action and resource; what is not understood is a line of its own, and so is noticed."""
    found: set[tuple[str, ...]] = set()
    rest = {key: value for key, value in policy.items() if key not in ("Version", "Statement")}
    if rest or policy.get("Version") != "2012-10-17":
        found.add(("a policy of another kind", repr(sorted(policy.items()))))
    for statement in policy.get("Statement", []):
        if not _is_known(statement):
            found.add(("not understood", repr(statement)))
            continue
        who = repr(statement["Principal"]) if "Principal" in statement else "it"
        who = f"{_EFFECTS[statement['Effect']]}{who}"
        conditions = tuple(
            f"{operator} {key} {value}"
            for operator, pairs in sorted(statement.get("Condition", {}).items())
            for key, value in sorted(pairs.items())
        )
        for action in _several(statement.get("Action", "nothing")):
            for resource in _several(statement.get("Resource", "itself")):
                found.add((who, action, resource, *conditions))
    return tuple(sorted(found))


def _is_known(statement: Any) -> bool:
    if not isinstance(statement, dict) or statement.keys() - _WORDS or str(statement.get("Effect")) not in _EFFECTS:
        return False
    conditions = statement.get("Condition", {})
    return isinstance(conditions, dict) and all(isinstance(pairs, dict) for pairs in conditions.values())


def _several(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
