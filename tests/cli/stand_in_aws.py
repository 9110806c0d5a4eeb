"""An account that is only played: CloudFormation of one region, and S3, on the loopback."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

Words = Mapping[str, str]


@dataclass
class Aws:
    """What is there, and how it is played: `refuses` by action, `ends` is the status of what is deployed next.

    `lists` are the changes that a change set names, `fails` is what happens to a resource on the way.
    """

    stack: dict[str, Any] | None = None
    refuses: dict[str, tuple[str, str]] = field(default_factory=dict)
    ends: str = ""
    lists: list[dict[str, Any]] = field(default_factory=list)
    nothing: bool = False
    fails: list[tuple[str, str, str]] = field(default_factory=list)
    asked: list[tuple[str, Words]] = field(default_factory=list)
    put: dict[str, bytes] = field(default_factory=dict)
    _changes: dict[str, Words] = field(default_factory=dict)
    _events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def actions(self) -> list[str]:
        return [action for action, _ in self.asked]

    def answer(self, action: str, words: Words) -> dict[str, Any]:
        self.asked.append((action, words))
        if action in self.refuses:
            raise _No(*self.refuses[action])
        found: dict[str, Any] = getattr(self, f"_{action}")(words)
        return found

    def _DescribeStacks(self, words: Words) -> dict[str, Any]:
        if self.stack is None:
            raise _No("ValidationError", f"Stack with id {words['StackName']} does not exist")
        tags, parameters = self.stack["tags"], self.stack["parameters"]
        told = {
            "StackName": words["StackName"],
            "StackStatus": self.stack["status"],
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        }
        return {"Stacks": [told]}

    def _GetTemplate(self, _words: Words) -> dict[str, Any]:
        assert self.stack
        return {"TemplateBody": self.stack["text"]}

    def _CreateChangeSet(self, words: Words) -> dict[str, Any]:
        assert (words["ChangeSetType"] == "CREATE") == (self.stack is None or self.stack["status"] == "REVIEW_IN_PROGRESS")
        self._changes["change"] = words
        if self.stack is None:
            self.stack = {"status": "REVIEW_IN_PROGRESS", "tags": _pairs(words, "Tags", "Key", "Value"), "parameters": {}}
        return {"Id": "change", "StackId": "stack"}

    def _DescribeChangeSet(self, words: Words) -> dict[str, Any]:
        if self.nothing:
            return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
        if "NextToken" not in words and len(self.lists) > 1:
            return {"Status": "CREATE_COMPLETE", "Changes": _changes(self.lists[:1]), "NextToken": "1"}
        return {"Status": "CREATE_COMPLETE", "Changes": _changes(self.lists[-1:])}

    def _ExecuteChangeSet(self, _words: Words) -> dict[str, Any]:
        assert self.stack
        words = self._changes.pop("change")
        first = self.stack["status"] == "REVIEW_IN_PROGRESS"
        self.stack["status"] = self.ends or ("CREATE_COMPLETE" if first else "UPDATE_COMPLETE")
        self.stack["text"] = words.get("TemplateBody") or self.put[urlsplit(words["TemplateURL"]).path].decode()
        given = _pairs(words, "Parameters", "ParameterKey", "ParameterValue")
        self.stack["parameters"] |= {key: value for key, value in given.items() if value}
        for id_, status, reason in self.fails or [("Stack", self.stack["status"], "")]:
            event = {"LogicalResourceId": id_, "ResourceStatus": status, "ResourceStatusReason": reason}
            self._events.insert(0, {"EventId": str(len(self._events)), **event})
        return {}

    def _DescribeStackEvents(self, words: Words) -> dict[str, Any]:
        """A page has one of them."""
        page = int(words.get("NextToken", "0"))
        more = {"NextToken": str(page + 1)} if page + 1 < len(self._events) else {}
        return {"StackEvents": self._events[page : page + 1], **more}

    def _DeleteChangeSet(self, _words: Words) -> dict[str, Any]:
        self._changes.pop("change")
        return {}

    def _DeleteStack(self, _words: Words) -> dict[str, Any]:
        assert self.stack
        assert self.stack["status"] == "REVIEW_IN_PROGRESS", "a stack with resources is deleted"
        self.stack = None
        return {}


class _No(Exception):
    pass


def _changes(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"Type": "Resource", "ResourceChange": one} for one in listed]


def _pairs(words: Words, field_: str, key: str, value: str) -> dict[str, str]:
    numbers = (number for number in range(1, 100) if f"{field_}.member.{number}.{key}" in words)
    return {words[f"{field_}.member.{n}.{key}"]: words.get(f"{field_}.member.{n}.{value}", "") for n in numbers}


def _xml(value: object) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_xml(child)}</{key}>" for key, child in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(child)}</member>" for child in value)
    return escape(str(value))


@contextmanager
def aws(home: Path, **played: Any) -> Iterator[Aws]:
    """An account in the place of AWS, with credentials for it, and nothing of the machine's own."""
    account = Aws(**played)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # who puts something waits to be told to go on

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            words = {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
            action = words.pop("Action")
            try:
                said, status = f"<{action}Result>{_xml(account.answer(action, words))}</{action}Result>", 200
                said = f"<{action}Response>{said}</{action}Response>"
            except _No as no:
                code, message = (escape(word) for word in no.args)
                said, status = (
                    f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>",
                    400,
                )
            self._say(status, said)

        def do_PUT(self) -> None:
            account.put[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
            self._say(200, "")

        def _say(self, status: int, said: str) -> None:
            content = said.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        with surroundings(home, AWS_ENDPOINT_URL=address, AWS_ACCESS_KEY_ID="AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY="of-nobody"):
            yield account
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def surroundings(home: Path, **more: str) -> Iterator[None]:
    """Nothing of the machine's own says who asks."""
    own = {"AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1", **more}
    own |= {name: str(home / "none") for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with patch.dict(os.environ, {**kept, **own}, clear=True):
        yield


def stack(text: str, status: str = "CREATE_COMPLETE", **tags: str) -> dict[str, Any]:
    """A stack that was deployed from this template."""
    json.loads(text)
    own = tags or {"project": "shop", "environment": "prod"}
    return {"status": status, "tags": own, "parameters": {}, "text": text}
