"""Where logs go and what the log driver is told, stated a second time."""

from __future__ import annotations

from twipc.model import Model
from twipc.spec import Service

from ..options import Options


def log_driver_is_kept(launch: str, service: Service, *, written: bool) -> bool:
    """Whether it is asked for, and ECS has it: Fargate one, a host of one's own most."""
    driver = service.logging.driver
    return written and (driver == "awslogs" or (launch == "ec2" and driver not in ("local", "none")))


def log_group(model: Model, options: Options, name: str) -> str:
    """Where a service logs to that says nothing else."""
    here = f"/{model.environment.project}/{model.environment.environment}" if options.log_group is None else options.log_group
    return f"{here}/{name}"


def log_options(model: Model, options: Options, name: str) -> dict[str, str]:
    """What the log driver is told: by the spec, and of awslogs what it leaves open."""
    asked = model.environment.services[name].logging
    kept = log_driver_is_kept(
        options.launch, model.environment.services[name], written=model.written(("services", name, "logging"))
    )
    if kept and asked.driver != "awslogs":
        return asked.told
    told = {"awslogs-group": log_group(model, options, name), "awslogs-region": options.region}
    if not kept or "mode" not in asked.options:
        told |= {"mode": "non-blocking", "max-buffer-size": "4m"}
    heard = ("group", "region", "create-group", "datetime-format")
    if kept:
        told |= {
            key: text for key, text in asked.told.items() if key.removeprefix("awslogs-") in (*heard, "mode", "max-buffer-size")
        }
    return told
