"""What a spec may choose for a Swarm."""

from typing import Literal

from pydantic import Field

from twipc.target import Discovery, images, option

_RESOLVER = "127.0.0.11"


class SwarmOptions(images.ImageOptions):
    """How the stack's services find each other, and where their images come from."""

    discovery: Literal["dnsrr", "tasks"] = Field(
        "dnsrr",
        description="dnsrr: a service's name is all its tasks. tasks: it is one virtual address, and `tasks.<name>` its tasks.",
    )


def discovery(options: object) -> Discovery:
    chosen: SwarmOptions = option(options, SwarmOptions)
    return Discovery(resolver=_RESOLVER, prefix="tasks." if chosen.discovery == "tasks" else "")
