"""Findings that say the same of the same place, for several targets or environments: said once, with all that they hold for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from .finding import Finding, Related


class Merged(Struct, frozen=True):
    """One or more findings of one code, place and message; `holds` are their environments and targets.

    `also` are others that say the same of other places, where they are told together.
    """

    finding: Finding
    helps: tuple[str, ...]
    related: tuple[Related, ...]
    holds: tuple[tuple[str, str], ...]
    also: tuple[Merged, ...] = ()

    @property
    def targets(self) -> list[str]:
        return sorted({target for _, target in self.holds if target})

    @property
    def environments(self) -> list[str]:
        return sorted({environment for environment, _ in self.holds if environment})

    def whose(self) -> str:
        """The targets and environments in words, but for what place and message tell by themselves."""
        targets = self._told_nowhere(self.targets)
        environments = self.environments
        if len(environments) == 1 and self._is_in_file_of(environments[0]):
            environments = []
        if targets and environments:
            return "; ".join(self._pairs())
        if environments:
            return f"in {', '.join(environments)}"
        return f"on {', '.join(targets)}" if targets else ""

    def _told_nowhere(self, targets: list[str]) -> list[str]:
        text = f"{self.finding.span} {self.finding.message} "
        if f" on {', '.join(targets)}: " in text:
            return []
        told = all(f" on {name}:" in text or f" on {name} " in text or f"/{name}/" in text for name in targets)
        return [] if told else targets

    def _is_in_file_of(self, environment: str) -> bool:
        span = self.finding.span
        return span is None or f"/{environment}/" in span.file or PurePath(span.file).stem in (environment, "<stdin>")

    def _pairs(self) -> list[str]:
        """Environments with the same targets stand together."""
        by_targets: dict[tuple[str, ...], list[str]] = {}
        for environment in self.environments:
            by_targets.setdefault(tuple(sorted(one[1] for one in self.holds if one[0] == environment)), []).append(environment)
        return [f"on {', '.join(targets)} of {', '.join(names)}" for targets, names in sorted(by_targets.items())]


def merged(findings: Iterable[Finding]) -> list[Merged]:
    """The findings in their order, each of those that say the same at the place of the first."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code.id, finding.span, finding.message), []).append(finding)
    return [
        Merged(
            group[0],
            tuple(dict.fromkeys(one.help for one in group if one.help)),
            tuple(dict.fromkeys(related for one in group for related in one.related)),
            tuple(sorted({(one.environment, one.target) for one in group})),
        )
        for group in _together(groups.values())
    ]


def lost_at(at: str, target: str) -> str:
    """How it begins what a target makes of a place: said of several targets alike, it is one finding of all."""
    return f"{at} on {target}: "


def _together(groups: Iterable[list[Finding]]) -> Iterator[list[Finding]]:
    """The groups, those as one that tell the same of the same environments, each of a target that it names."""
    alike: dict[object, list[list[Finding]]] = {}
    for group in groups:
        one = group[0]
        head = lost_at(one.at, one.target)
        if one.target and one.message.startswith(head):
            names = tuple(sorted({each.environment for each in group}))
            alike.setdefault((one.code.id, one.span, one.at, one.message[len(head) :], names), []).append(group)
        else:
            alike[id(group)] = [group]
    for those in alike.values():
        targets = ", ".join(sorted({group[0].target for group in those}))
        yield [_of_all(one, targets) for group in those for one in group] if len(those) > 1 else those[0]


def _of_all(finding: Finding, targets: str) -> Finding:
    """A finding as it is said of several targets: what would accept it accepts it on each."""
    head = lost_at(finding.at, finding.target)
    help = finding.help and finding.help.replace(f", target: {finding.target}, because: ", f", target: [{targets}], because: ")
    return replace(finding, message=lost_at(finding.at, targets) + finding.message[len(head) :], help=help)
