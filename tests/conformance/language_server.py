"""A client of a language server over its standard input and output: as much of the protocol as an editor needs here."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

Message = dict[str, Any]
_SETTINGS = {
    "yaml": {
        # What is judged is our schema, found by the line at the top of a file; nothing is asked of any host.
        "schemaStore": {"enable": False},
        "kubernetesCRDStore": {"enable": False},
        "validate": True,
        "hover": True,
        "completion": True,
        "yamlVersion": "1.2",
    }
}
_CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
    },
}


class LanguageServer:
    """One server, with the documents that an editor has open; ends with its block."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._last = 0
        self._published: dict[str, list[Message]] = {}
        self._versions: dict[str, int] = {}

    def __enter__(self) -> LanguageServer:
        self._ask("initialize", {"processId": None, "rootUri": None, "capabilities": _CAPABILITIES})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": _SETTINGS})
        return self

    def __exit__(self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._ask("shutdown", None)
            self._tell("exit", None)
        else:
            self._process.kill()
        self._process.wait(30)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    def diagnostics(self, path: Path, text: str) -> list[Message]:
        """What the editor underlines in a file with this text."""
        uri = self._shows(path, text)
        while uri not in self._published:
            self._receive()
        return self._published[uri]

    def completion(self, path: Path, text: str) -> list[Message]:
        """What is offered where the text has a `|`."""
        answer = self._at("textDocument/completion", path, text)
        items: list[Message] = answer["items"] if isinstance(answer, dict) else answer
        return items

    def hover(self, path: Path, text: str) -> str:
        """What is shown of the word with a `|` in it."""
        answer = self._at("textDocument/hover", path, text)
        return "" if answer is None else answer["contents"]["value"]

    def _shows(self, path: Path, text: str) -> str:
        """Opens a file with this text, or changes what is shown of it."""
        uri = path.as_uri()
        self._published.pop(uri, None)
        version = self._versions[uri] = self._versions.get(uri, 0) + 1
        document: Message = {"uri": uri, "version": version}
        if version == 1:
            self._tell("textDocument/didOpen", {"textDocument": {**document, "languageId": "yaml", "text": text}})
        else:
            self._tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return uri

    def _at(self, method: str, path: Path, text: str) -> Any:
        before, cursor, after = text.partition("|")
        assert cursor, "no place is marked"
        uri = self._shows(path, before + after)
        line, column = before.count("\n"), len(before.rpartition("\n")[2])
        return self._ask(method, {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}})

    def _ask(self, method: str, params: Any) -> Any:
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._last and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Message) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> Message:
        """The next message; what the server itself asks is answered."""
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline().strip()) or not length:
            assert line or length, "the language server has ended"
            name, _, value = line.partition(b": ")
            length = int(value) if name == b"Content-Length" else length
        message: Message = json.loads(self._process.stdout.read(length))
        match message:
            case {"method": "workspace/configuration", "id": number, "params": {"items": items}}:
                self._send({"id": number, "result": [_SETTINGS.get(item.get("section", "")) for item in items]})
            case {"method": "textDocument/publishDiagnostics", "params": {"uri": uri, "diagnostics": found}}:
                self._published[uri] = found
            case {"method": _, "id": number}:
                self._send({"id": number, "result": None})
        return message
