"""Which engine it is that commands go to, and whether it answers."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from twipc.diagnostics import Code
from twipc.regex import late_regex
from twipc.target.runtime import Answer, Step

from . import codes
from .runner import Failed, Runner

PATIENCE_S = 3.0
_VERSION = Step(("docker", "version", "--format", "{{json .}}"), "ask the engine for its version", reads=True)
_CONTEXT = Step(("docker", "context", "inspect", "--format", "{{json .}}"), "ask which engine is meant", reads=True)
_USERINFO = late_regex(r"(?<=://)[^/@\s]*:[^/@\s]*@")


class Engine(Struct, frozen=True):
    """An engine that answers: the context's name, where it is, and its version."""

    context: str
    host: str
    version: str

    def __str__(self) -> str:
        return f"Docker {self.version} of context {self.context} ({self.host})"


class Unreachable(Exception):
    """There is no engine to be had; never is another one tried."""

    def __init__(self, code: Code, message: str, help: str) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


def engine(runner: Runner) -> Engine:
    """The engine that the shell's context or DOCKER_HOST names; raises `Unreachable` within three seconds."""
    context, host = _meant(_answer(runner, _CONTEXT, "the context"))
    where = f"{host} (context {context})"
    answer = _answer(runner, _VERSION, where)
    server = _parsed(answer).get("Server")
    if answer.code or not isinstance(server, dict):
        raise _why(where, answer.err)
    return Engine(context, host, str(server.get("Version", "?")))


def _answer(runner: Runner, step: Step, where: str) -> Answer:
    try:
        return runner.answer(step, PATIENCE_S)
    except Failed as failed:
        if "no program" in failed.said:
            raise Unreachable(codes.NO_DOCKER, failed.said, "install Docker, or put its client on PATH") from None
        help = "is it up? `docker version` asks the same"
        raise Unreachable(codes.NO_ENGINE, f"no engine answers at {where}: {failed.said}", help) from None


def _meant(answer: Answer) -> tuple[str, str]:
    said = _parsed(answer)
    if answer.code or not said:
        words = without_password(_last(answer.err)) or "it is not known"
        raise Unreachable(codes.NO_CONTEXT, f"there is no such context: {words}", "`docker context ls` lists those there are")
    host = said.get("Endpoints", {}).get("docker", {}).get("Host", "?")
    return str(said.get("Name", "?")), without_password(str(host))


def _why(where: str, err: str) -> Unreachable:
    words = without_password(_last(err))
    if "permission denied" in err:
        help = "be in its group (`sudo usermod -aG docker $USER`, then log in anew), or use a rootless engine"
        return Unreachable(codes.NOT_ALLOWED, f"you may not talk to the engine at {where}", help)
    return Unreachable(codes.NO_ENGINE, f"no engine answers at {where}: {words}", "is it up? `docker version` asks the same")


def without_password(text: str) -> str:
    return _USERINFO.sub("•••@", text)


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line]
    return lines[-1] if lines else ""


def _parsed(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.out)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
