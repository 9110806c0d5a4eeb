"""What is taken out of the tree of one nginx, and what nobody takes."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.target import BASELINE, Discovery, FactKey

from ..tree import Block
from .words import duration


class Taking:
    """Takes what it understands out of the tree; the rest are baseline facts."""

    def __init__(self, service: str, discovery: Discovery, files: Mapping[str, str]) -> None:
        self.service = service
        self.discovery = discovery
        self.files = files
        self.facts: dict[FactKey, object] = {}
        self.tries: dict[str, set[object]] = {}
        self.ends: dict[str, set[object]] = {}
        self.upgrades: dict[str, set[object]] = {}
        self.tunnels: dict[str, object] = {}
        self.bursts: set[object] = set()
        self.choice: Block | None = None
        self.actions: dict[str, tuple[str, object]] = {}
        self.asked = False
        self.by_scheme = False
        self.tls = False

    def http_fact(self, leaf: str, value: object) -> None:
        self.facts[FactKey(f"http.{leaf}", (self.service,))] = value

    def backend_fact(self, backend: str, leaf: str, value: object) -> None:
        self.facts[FactKey(f"backend.{leaf}", (self.service, backend))] = value

    def timer(self, block: Block, name: str, leaf: str) -> None:
        args = block.take_one(name)
        if args is not None:
            self.http_fact(f"timeouts.{leaf}", duration(args))

    def rest(self, context: str, left: Mapping[str, object]) -> None:
        for place, value in left.items():
            self.facts[FactKey(BASELINE, (self.service, "nginx", f"{context} / {place}"))] = value
