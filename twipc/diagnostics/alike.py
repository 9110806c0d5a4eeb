"""What is said in the same words of many places in a file: told once, with all of them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from .code import Severity
from .merge import Merged

_EACH = 3
"""So many are read one by one, each with its line; more hide what else there is to say."""


def told_once(findings: Sequence[Merged]) -> list[Merged]:
    """The findings in their order; of more than a few that are alike, the first with all others in its `also`.

    An error always stands by itself: it is mended where it is, and an editor leads from each to the next.
    """
    keys = [_words(each) for each in findings]
    groups: dict[object, list[Merged]] = {}
    for key, each in zip(keys, findings, strict=True):
        groups.setdefault(key, []).append(each)
    told = []
    for key, each in zip(keys, findings, strict=True):
        those = groups[key]
        if key is None or len(those) <= _EACH:
            told.append(each)
        elif each is those[0]:
            told.append(replace(each, also=tuple(those[1:])))
    return told


def name_in(merged: Merged) -> str:
    """The name of whose place it is (`web` of services.web.ready), where the message says it; else ""."""
    return _said(merged)[1]


def _words(merged: Merged) -> object:
    """The same for findings that differ in their place alone and in the name of whose it is; None for an error, or no place."""
    finding = merged.finding
    if finding.severity is Severity.ERROR or not finding.span:
        return None
    return (finding.code.id, finding.span.file, _said(merged)[0], merged.helps, merged.related, merged.holds)


def _said(merged: Merged) -> tuple[str, str]:
    """What it says with a star for that name, and the name."""
    message = merged.finding.message
    noun, _, rest = merged.finding.at.partition(".")
    name = rest.partition(".")[0]
    if not name:
        return message, ""
    said = message.replace(f"{noun}.{name}", f"{noun}.*").replace(f"`{name}`", "`*`")
    return said, name if said != message else ""
