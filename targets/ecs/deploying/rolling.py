"""What an update of a service means for who asks it."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.target.deploying import Interruption

from .fates import Fate
from .parts import Part, referred
from .replacing import DEPLOYED_BY

_STOP_S = 30
"""What a container has that says nothing (`stopTimeout` in the API's own text)."""


def task_of(service: Part, among: Mapping[str, Part]) -> Part | None:
    """The task definition that a service runs, if the template has it."""
    ids = referred(service.properties.get("TaskDefinition"))
    return next((among[id_] for id_ in ids if id_ in among), None)


def rolling(fate: Fate, among: Mapping[str, Part]) -> tuple[str, Interruption]:
    """What becomes of the tasks of a service that is updated in place; `among` is what is there then."""
    service, before = fate.after, fate.before
    assert service
    assert before
    count, count_before = _count(service), _count(before)
    ranges = "DesiredCount" not in service.properties
    if not fate.changed & DEPLOYED_BY:
        left = "in place: no task is replaced; how many there are is left to its range", Interruption.NONE
        if not ranges and "DesiredCount" not in before.properties:
            return f"{_tasks(count)} in place of as many as the range had", Interruption.FEWER
        return left if ranges and "DesiredCount" in fate.changed else _counted(count, count_before)
    if ranges:
        return _of_unknown(service, among)
    if not count:
        return "no task is wanted, and none runs", Interruption.OUTAGE if count_before else Interruption.NONE
    least, most = _percent(service)
    stay, room = -(-count * least // 100), count * most // 100
    if not stay and not count_before:
        return started(service), Interruption.NONE
    if not stay:
        return f"stop first: an outage while {_ends(count_before, task_of(service, among))}", Interruption.OUTAGE
    if stay >= count and room > count:
        return f"rolling, new tasks first: {_tasks(count)} always {'answers' if count == 1 else 'answer'}", Interruption.NONE
    return f"rolling: at least {stay} of {_tasks(count)} always {'answers' if stay == 1 else 'answer'}", Interruption.FEWER


def _of_unknown(service: Part, among: Mapping[str, Part]) -> tuple[str, Interruption]:
    """Where the template leaves it to a range how many there are."""
    least, most = _percent(service)
    if not least:
        return f"stop first: an outage while {_ends(0, task_of(service, among))}", Interruption.OUTAGE
    if least >= 100 and most > 100:
        return "rolling, new tasks first: as many as now always answer", Interruption.NONE
    return f"rolling: at least {least} % of the tasks always answer", Interruption.FEWER


def _percent(service: Part) -> tuple[int, int]:
    """How many stay and how many there may be meanwhile, of a hundred; ECS's own where nothing is said."""
    least, most = (service.under("DeploymentConfiguration", name) for name in ("MinimumHealthyPercent", "MaximumPercent"))
    return least if isinstance(least, int) else 100, most if isinstance(most, int) else 200


def _counted(count: int, before: int) -> tuple[str, Interruption]:
    if count == before:
        return "in place: no task is replaced", Interruption.NONE
    said = f"{_tasks(count)} in place of {before}; no other task is replaced"
    return (said, Interruption.NONE) if count else ("no task any more: nobody answers", Interruption.OUTAGE)


def _ends(count: int, task: Part | None) -> str:
    """How long a task has to stop, as its own container says, and that its successor is only then fetched and started."""
    containers = task.properties.get("ContainerDefinitions") if task else None
    said = (
        [one.get("StopTimeout", _STOP_S) for one in containers if isinstance(one, dict)] if isinstance(containers, list) else []
    )
    longest = max((seconds for seconds in said if isinstance(seconds, int)), default=_STOP_S)
    old, new = (
        ("the old task ends", "the new one is")
        if count == 1
        else (f"the old {f'{count} ' if count else ''}tasks end", "new ones are")
    )
    return f"{old} (in {longest} s at most) and {new} fetched, started and ready"


def _count(service: Part) -> int:
    """ECS itself says one where nothing is said."""
    said = service.properties.get("DesiredCount", 1)
    return said if isinstance(said, int) else 1


def started(service: Part) -> str:
    count = _count(service)
    if "DesiredCount" not in service.properties:
        return "as many tasks start as its range says"
    return f"{_tasks(count)} {'starts' if count == 1 else 'start'}"


def _tasks(count: int) -> str:
    return f"{count} task{'' if count == 1 else 's'}"
