"""What a task definition means, and that a job has nothing else."""

from __future__ import annotations

from typing import Any

from twipc.spec import Cpu, Size

from .container import ContainerReader


class TaskReader(ContainerReader):
    """Takes what it understands out of a service's task definition."""

    def task(self, task: dict[str, Any]) -> None:
        self.tags("task", task.pop("tags", []))
        self.is_family("family", task.pop("family", "missing"))
        self.option("launch", "+".join(task.pop("requiresCompatibilities", [])).lower())
        self.fact("resources.cpu", _units(task.pop("cpu", None)))
        memory = _mebibytes(task.pop("memory", None))
        self.option("execution_role", task.pop("executionRoleArn", None))
        self.option("task_role", task.pop("taskRoleArn", None))
        self._volumes(task.pop("volumes", []))
        first, *others = task.pop("containerDefinitions", []) or [{}]
        self._memory(memory, first)
        self.container(first)
        for index, other in enumerate(others, 2):
            self.baseline(f"container {index}", other)
        self.rest("task", task)

    def _memory(self, task: object, container: dict[str, Any]) -> None:
        """The container's own limit may be less than what the task has."""
        own = container.pop("memory", None)
        if task is None and own is None:
            return
        limit = Size(own << 20) if own is not None else "no limit"
        self.fact("resources.memory", task if task == limit else f"a task of {task}, {limit} of it for the container")

    def _volumes(self, volumes: list[dict[str, Any]]) -> None:
        for volume in volumes:
            match volume:
                case {
                    "name": name,
                    "efsVolumeConfiguration": {
                        "fileSystemId": system,
                        "transitEncryption": "ENABLED",
                        "authorizationConfig": {"accessPointId": point, "iam": "ENABLED", **deep},
                        **inner,
                    },
                    **outer,
                } if not (deep or inner or outer):
                    self.option("volume", (system, point), name)
                case _:
                    self.baseline(f"volume {volume.get('name')}", volume)

    def job(self) -> None:
        """A task definition alone is run once: nothing starts its task again."""
        self.fact("kind", "job")
        self.fact("replicas", 1)
        self.fact("restart", "never")


def _units(text: str | None) -> object:
    """CPU units as ECS takes them: 1024 are one vCPU. What is no rounded-up thousandth of one stays as it is said."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return text
    milli = int(text) * 1000 // 1024
    return Cpu(milli) if (milli * 1024 + 999) // 1000 == int(text) else f"{text} CPU units"


def _mebibytes(text: str | None) -> object:
    if text is None:
        return None
    return Size(int(text) << 20) if text.isascii() and text.isdecimal() else text
