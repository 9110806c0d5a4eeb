"""A deployment carried out: the stack as it is, the change set that is made of it, and what comes of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import click
from msgspec import Struct, field

from twipc.diagnostics.render import visible
from twipc.run import codes
from twipc.run.stacks import INLINE_BYTES, Event, Listed, NoCredentials, NoExtra, Refused, Stacks, There
from twipc.target.deploying import Act, Operation, Stack

from .hiding import covered
from .working import Working

_READY = ("REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
"""Of a stack that takes a change set."""
_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_FAILED = ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")
_TOLD = 3
_NO_ROLE = "ECS service linked role"
"""What an account lacks before its first cluster: ECS makes it, and does not wait for it."""
_MAKE_ROLE = "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com"


def reach(working: Working, stack: Stack) -> Stacks:
    """Who can be asked; without botocore or credentials the run ends here."""
    try:
        return Stacks(stack.region)
    except NoExtra:
        help = "pip install 'twipc[aws]'; --dry-run needs neither it nor an account, but with `--against stack`"
        working.end(codes.NO_EXTRA, "botocore is not installed, by which AWS is spoken to", help=help, exits=3)
    except NoCredentials as problem:
        help = "`aws sso login`, AWS_PROFILE or AWS_ACCESS_KEY_ID say it; --dry-run asks for none, but with `--against stack`"
        working.end(codes.NO_CREDENTIALS, f"there are no credentials for AWS: {problem}", help=help, exits=3)


def look(working: Working, stacks: Stacks, stack: Stack) -> There | None:
    """The stack as it is, which is this environment's."""
    try:
        there = stacks.look(stack.name)
    except Refused as problem:
        refused(working, "look at the stack", problem)
    if there and any(there.tags.get(key) != value for key, value in stack.tags.items()):
        tags = ", ".join(f"{key}={value}" for key, value in sorted(stack.tags.items()))
        said = f"the stack `{stack.name}` in {stack.region} is somebody else's: it has not the tags {tags}"
        help = "give the project another name; or, if it is this environment's, tag it so and deploy then"
        working.end(codes.NOT_OUR_STACK, said, help=help)
    return there


def refused(working: Working, what: str, problem: Refused, *, help: str | None = None) -> NoReturn:
    """AWS's own words."""
    said = covered(" ".join(str(problem).split()))
    working.end(codes.AWS_REFUSED, f"it was to {what}, and: {said}", help=help or "nothing was begun", exits=3)


def is_ready(working: Working, stack: Stack, there: There) -> None:
    """End the run where CloudFormation would take no update."""
    at = _at(stack)
    if there.status in _READY:
        return
    if there.status.endswith("_IN_PROGRESS"):
        said = f"another deployment of `{stack.name}` is at work: {there.status}"
        working.end(codes.BUSY, said, help=f"wait for it: `aws cloudformation describe-stack-events {at}`")
    help = f"`aws cloudformation continue-update-rollback {at}` goes on with it"
    if there.status == "UPDATE_FAILED":
        help = f"`aws cloudformation rollback-stack {at}` goes back to what it was"
    if there.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        help = f"it never came to be: `aws cloudformation delete-stack {at}`, and deploy anew"
    working.end(codes.STUCK, f"the stack `{stack.name}` can take no update: {there.status}", help=help)


def parameters(working: Working, stack: Stack, there: There | None, said: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those that are said, and of others that the stack has what it was told before; a missing one ends the run."""
    found: list[dict[str, Any]] = [{"ParameterKey": name, "ParameterValue": value} for name, value in sorted(said.items())]
    for name in stack.takes:
        if name in said:
            continue
        if there and name in there.parameters:
            found.append({"ParameterKey": name, "UsePreviousValue": True})
        elif name in stack.asks:
            said_ = f"the template asks for `{name}`, and nobody says it"
            working.add(codes.NO_PARAMETER, said_, at=("targets", "ecs"), help=f"say it: --parameter {name}=…")
    if working.session.fails(working.session.report.findings):
        working.finish(1)
    return found


def fits(working: Working, text: str, bucket: str | None) -> None:
    """End the run where a template is too long to go with a request."""
    size = len(text.encode())
    if size > INLINE_BYTES and not bucket:
        said = f"the template has {size:,} bytes, and {INLINE_BYTES:,} go with a request"
        working.end(codes.TOO_LONG, said, help="name a bucket of S3 that it may lie in: --bucket NAME")


class Carrying(Struct):
    """One deployment: `there` is the stack as it was found, `asked` are its parameters as CloudFormation takes them."""

    working: Working
    stacks: Stacks
    stack: Stack
    operation: Operation
    text: str
    there: There | None
    asked: list[dict[str, Any]]
    bucket: str | None
    _change: str = ""
    _begun: bool = False
    _events: list[Event] = field(default_factory=list)

    @property
    def _first(self) -> bool:
        return self.there is None or self.there.status == "REVIEW_IN_PROGRESS"

    def carry_out(self) -> None:
        """Make the change set, hold it against what was told, execute it, and wait for its end."""
        try:
            if not self._made():
                self.working.voice.say(f"{self.stack.name}: nothing is to change")
                return
            self.working.voice.begins(f"{'create' if self._first else 'update'} {self.stack.name}, and wait for its end")
            older = self.stacks.execute(self.stack, self._change, first=self._first)
            self._begun = True
            status = self.stacks.wait(self.stack, older, self._hear)
        except Refused as problem:
            help = f"what AWS has begun goes on: {self._shown}" if self._begun else None
            refused(self.working, f"{'create' if self._first else 'update'} the stack `{self.stack.name}`", problem, help=help)
        except KeyboardInterrupt:
            self._interrupted()
            raise
        finally:
            if self._change and not self._begun:
                self.stacks.forget(self.stack, self._change, empty=self.there is None)
        self.working.more["status"] = status
        if status not in _DONE:
            self._failed(status)
        self.working.voice.say(f"{self.stack.name} is deployed")

    def _made(self) -> bool:
        """Whether there is a change set that does something, and no other thing than was told."""
        template = {"TemplateBody": self.text}
        if len(self.text.encode()) > INLINE_BYTES:
            assert self.bucket
            self.working.voice.begins(f"put the template into {self.bucket}")
            template = {"TemplateURL": self.stacks.put(self.bucket, self.stack, self.text)}
        self.working.voice.begins(f"ask what CloudFormation would do with {self.stack.name} in {self.stack.region}")
        self._change = self.stacks.change(self.stack, template, self.asked, first=self._first) or ""
        listed = self.stacks.listed(self.stack, self._change) if self._change else None
        told = {one.id: one.act for one in self.operation.changes}
        for one in listed or ():
            if said := _untold(one, told.get(one.id)):
                help = "look at the stack: it is not what its template says"
                self.working.add(codes.OTHERWISE, f"{said}, which was not told", help=help)
        if self.working.session.fails(self.working.session.report.findings):
            self.working.finish(1)
        return listed is not None

    def _hear(self, event: Event) -> None:
        self._events.append(event)
        self.working.voice.hear(_told(event))

    @property
    def _shown(self) -> str:
        return f"`aws cloudformation describe-stack-events {_at(self.stack)}` shows it"

    def _interrupted(self) -> None:
        if not self._begun:
            self.working.voice.say("interrupted; nothing was begun")
            return
        self.working.voice.say(f"interrupted; what AWS has begun goes on: {self._shown}")
        if not self._first:
            self.working.voice.say(f"`aws cloudformation cancel-update-stack {_at(self.stack)}` takes the update back")

    def _failed(self, status: str) -> NoReturn:
        """The first that failed are the reason; what was cancelled then is not."""
        help = f"the stack is {status}: look at it before the next deployment"
        if status in ("UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"):
            help = f"CloudFormation has taken everything back ({status}): mend it, and deploy again"
        if any(_NO_ROLE in one.reason for one in self._events):
            help = f"deploy again: by now ECS has made it, or `{_MAKE_ROLE}` makes it"
        failed = [one for one in self._events if one.status in _FAILED and "cancelled" not in one.reason]
        said = [covered(_told(one)) for one in failed[:_TOLD]] or [f"the stack `{self.stack.name}` is {status} at the end"]
        for one in said:
            self.working.add(codes.NOT_DEPLOYED, one, help=help)
        self.working.finish(1)


def _untold(one: Listed, told: Act | None) -> str:
    if one.action == "Remove" and told not in (Act.DELETED, Act.KEPT):
        return f"CloudFormation would delete `{one.id}`"
    if one.action == "Modify" and one.replacement == "True" and told is not Act.REPLACED:
        return f"CloudFormation would replace `{one.id}`"
    return ""


def _at(stack: Stack) -> str:
    return f"--region {stack.region} --stack-name {stack.name}"


def _told(event: Event) -> str:
    reason = f": {event.reason}" if event.reason else ""
    return f"{event.id} {event.status.replace('_', ' ').lower()}{reason}"


def pairs(words: Iterable[str], stack: Stack) -> dict[str, str]:
    """NAME=VALUE of parameters; one that the template does not take is wrong usage."""
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (equals and value):
            raise click.UsageError(visible(f"`{word}` is not NAME=VALUE"))
        if name not in stack.takes:
            takes = f"it takes: {', '.join(stack.takes)}" if stack.takes else "it takes none"
            raise click.UsageError(visible(f"the template has no parameter `{name}`; {takes}"))
        if name in found:
            raise click.UsageError(visible(f"`{name}` is said twice"))
        found[name] = value
    return found
