"""Speaks to CloudFormation, by botocore: asks what a stack is, makes a change set, carries it out. It decides nothing."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from msgspec import Struct, field

from twipc.target.deploying import Stack

INLINE_BYTES = 51_200
"""What of a template goes with a request itself; a longer one lies on S3 (CloudFormation guide, quotas)."""
_FIRST_S, _LONGEST_S = 0.2, 5.0
_CONNECT_S, _TRIES = 10, 4
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_NOT_THERE = "does not exist"
Answer = TypeVar("Answer")


class NoExtra(Exception):
    """botocore is not installed."""


class NoCredentials(Exception):
    """Nobody says who asks; why in one line."""


class Refused(Exception):
    """AWS says no, or nothing; in its own words."""


class There(Struct, frozen=True):
    """A stack as it is: its status in CloudFormation's word, its tags, and the parameters that it was told."""

    status: str
    tags: Mapping[str, str]
    parameters: Mapping[str, str]
    text: str
    """Its template; none while it only has change sets."""


class Listed(Struct, frozen=True):
    """What CloudFormation says it would do with one resource."""

    id: str
    action: str
    replacement: str


class Event(Struct, frozen=True):
    """One thing that happened to one resource."""

    id: str
    status: str
    reason: str


class Stacks(Struct):
    """The stacks of one region, for whoever the surroundings say that asks."""

    region: str
    _clients: dict[str, Any] = field(default_factory=dict)
    _session: Any = None
    _config: Any = None
    _errors: tuple[type[Exception], ...] = ()

    def __post_init__(self) -> None:
        try:
            import botocore.session
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError:
            raise NoExtra from None
        # botocore lets through what it does not foresee in the surroundings: an address that is none, a file that is not there.
        self._errors = (BotoCoreError, ClientError, ValueError, OSError)
        self._config = Config(connect_timeout=_CONNECT_S, retries={"total_max_attempts": _TRIES, "mode": "standard"})
        try:
            self._session = botocore.session.get_session()
            found = self._session.get_credentials()
        except self._errors as problem:
            raise NoCredentials(str(problem)) from None
        if found is None:
            raise NoCredentials("no variable, profile or role says who asks")

    def look(self, name: str) -> There | None:
        """The stack of this name; None where there is none, or none yet."""
        try:
            (found,) = self._ask("cloudformation", "describe_stacks", StackName=name)["Stacks"]
        except Refused as problem:
            if _NOT_THERE in str(problem):
                return None
            raise
        tags = {one["Key"]: one["Value"] for one in found.get("Tags", [])}
        parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])}
        body: Any = ""
        if found["StackStatus"] != "REVIEW_IN_PROGRESS":
            body = self._ask("cloudformation", "get_template", StackName=name, TemplateStage="Original")["TemplateBody"]
        return There(found["StackStatus"], tags, parameters, body if isinstance(body, str) else json.dumps(body))

    def put(self, bucket: str, stack: Stack, text: str) -> str:
        """The template on S3, called by its content; gives its address."""
        content = text.encode()
        key = f"{stack.name}/{hashlib.sha256(content).hexdigest()}.json"
        self._ask("s3", "put_object", Bucket=bucket, Key=key, Body=content, ContentType="application/json")
        return f"{self._client('s3').meta.endpoint_url}/{bucket}/{key}"

    def change(
        self, stack: Stack, template: Mapping[str, str], parameters: Iterable[Mapping[str, Any]], *, first: bool
    ) -> str | None:
        """Have a change set made; gives its id, none where nothing would change. `template` is the text or its address."""
        words = {
            "StackName": stack.name,
            "ChangeSetName": f"twipc-{uuid.uuid4().hex}",
            "ChangeSetType": "CREATE" if first else "UPDATE",
            "Capabilities": list(stack.capabilities),
            "Parameters": list(parameters),
            "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
            **template,
        }
        try:
            return str(self._ask("cloudformation", "create_change_set", **words)["Id"])
        except Refused as problem:
            if _is_nothing(str(problem)):
                return None
            raise

    def listed(self, stack: Stack, change: str) -> list[Listed] | None:
        """What a change set would do, once that is known; None where it would do nothing."""
        said = self._until(lambda: self._describe(stack, change), lambda one: one["Status"] in ("CREATE_COMPLETE", "FAILED"))
        if said["Status"] == "FAILED":
            reason = said.get("StatusReason", "no reason is given")
            if _is_nothing(reason):
                return None
            raise Refused(reason)
        changes = list(said.get("Changes", []))
        while said.get("NextToken"):
            said = self._describe(stack, change, NextToken=said["NextToken"])
            changes += said.get("Changes", [])
        found = [one["ResourceChange"] for one in changes if "ResourceChange" in one]
        return [Listed(one["LogicalResourceId"], one["Action"], one.get("Replacement", "")) for one in found]

    def _describe(self, stack: Stack, change: str, **more: str) -> dict[str, Any]:
        return self._ask("cloudformation", "describe_change_set", StackName=stack.name, ChangeSetName=change, **more)

    def forget(self, stack: Stack, change: str, *, empty: bool) -> None:
        """Take a change set back that is not carried out; with the `empty` stack, if it came by it."""
        with suppress(Refused):  # it is of no use, and in nobody's way
            self._ask("cloudformation", "delete_change_set", StackName=stack.name, ChangeSetName=change)
            (there,) = self._ask("cloudformation", "describe_stacks", StackName=stack.name)["Stacks"]
            if empty and there["StackStatus"] == "REVIEW_IN_PROGRESS":
                self._ask("cloudformation", "delete_stack", StackName=stack.name)

    def execute(self, stack: Stack, change: str, *, first: bool) -> frozenset[str]:
        """Begin what a change set says; gives the ids of events that are older."""
        newest = self._ask("cloudformation", "describe_stack_events", StackName=stack.name)["StackEvents"]
        seen = frozenset(one["EventId"] for one in newest)
        # What a first deployment that fails has made is in the way of the next one, retained or not.
        more = {"RetainExceptOnCreate": True} if first else {}
        self._ask("cloudformation", "execute_change_set", StackName=stack.name, ChangeSetName=change, **more)
        return seen

    def wait(self, stack: Stack, older: frozenset[str], hear: Callable[[Event], None]) -> str:
        """Until what was begun has ended, however long that takes; gives the status that the stack has then."""
        seen = set(older)

        def look() -> str:
            (there,) = self._ask("cloudformation", "describe_stacks", StackName=stack.name)["Stacks"]
            for one in reversed(self._events(stack, seen)):
                if one["EventId"] not in seen:
                    seen.add(one["EventId"])
                    hear(Event(one["LogicalResourceId"], one.get("ResourceStatus", ""), one.get("ResourceStatusReason", "")))
            return str(there["StackStatus"])

        return self._until(look, lambda status: not status.endswith("_IN_PROGRESS"))

    def _events(self, stack: Stack, seen: Collection[str]) -> list[dict[str, Any]]:
        """The latest, newest first, as many pages of them as have none that was seen."""
        said = self._ask("cloudformation", "describe_stack_events", StackName=stack.name)
        found: list[dict[str, Any]] = said["StackEvents"]
        while said.get("NextToken") and not any(one["EventId"] in seen for one in found):
            said = self._ask("cloudformation", "describe_stack_events", StackName=stack.name, NextToken=said["NextToken"])
            found += said["StackEvents"]
        return found

    def _until(self, look: Callable[[], Answer], ended: Callable[[Answer], bool]) -> Answer:
        pause = _FIRST_S
        while not ended(found := look()):
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_S)
        return found

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.create_client(service, region_name=self.region, config=self._config)
        return self._clients[service]

    def _ask(self, service: str, what: str, **words: Any) -> dict[str, Any]:
        """One request; raises `Refused` with AWS's own words."""
        try:
            found: dict[str, Any] = getattr(self._client(service), what)(**words)
        except self._errors as problem:
            said = (getattr(problem, "response", None) or {}).get("Error", {})
            raise Refused(f"{said['Code']}: {said['Message']}" if said.get("Message") else str(problem)) from None
        return found


def _is_nothing(reason: str) -> bool:
    """Whether a refusal is that there is nothing to do."""
    return any(words in reason for words in _NOTHING)
