"""What a program is told of another: where it is asked."""

from __future__ import annotations

from twipc.model import Model
from twipc.spec import EnvValue
from twipc.target import Discovery


def told_address(model: Model, value: EnvValue, discovery: Discovery) -> str:
    """host:port of what a variable names, or the part of it that is wanted."""
    address = value.address or ""
    service, _, port = address.partition(".")
    whole = model.elsewhere(address) or f"{discovery.host(service)}:{model.number(service, port)}"
    host, _, number = whole.rpartition(":")
    return {"host": host, "port": number}.get(value.only or "", whole)
