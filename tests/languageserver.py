"""A client of yaml-language-server: what an editor shows at a place of a file, over stdio (LSP 3.17)."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Settings = Mapping[str, Any]
PATIENCE = 120  # seconds: a server that says nothing is ended, and the test fails


class LanguageServer:
    """A running server. ``settings`` are those of VS Code's settings.json, by their dotted names."""

    def __init__(self, command: Sequence[str], root: Path, settings: Settings | None = None) -> None:
        self.root, self.settings = root, _nested(settings or {})
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        self.clock = threading.Timer(PATIENCE, self.process.kill)
        self.clock.daemon = True
        self.clock.start()
        self.count = 0
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        folders = [{"uri": self.root.as_uri(), "name": self.root.name}]
        text = {
            "hover": {"contentFormat": ["markdown"]},
            "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        }
        capabilities = {"textDocument": text, "workspace": {"configuration": True}}
        given = {
            "processId": None,
            "rootUri": self.root.as_uri(),
            "workspaceFolders": folders,
            "capabilities": capabilities,
        }
        self.request("initialize", given)
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": self.settings})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clock.cancel()
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()

    # --- what an editor asks

    def opened(self, path: Path, text: str) -> str:
        """Open ``path`` as if it held ``text``; return its address."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def underlined(self, path: Path, text: str) -> list[tuple[int, str]]:
        """Return what is underlined in a text: the line, from 1, and why."""
        return self.underlined_in({path: text})[path]

    def underlined_in(self, texts: Mapping[Path, str]) -> dict[Path, list[tuple[int, str]]]:
        """Return what is underlined in each of several texts, opened together: the server waits a while for each."""
        uris = {path: self.opened(path, text) for path, text in texts.items()}
        while set(uris.values()) - self.diagnostics.keys():
            self.read()
        found = {path: self.diagnostics.pop(uri) for path, uri in uris.items()}
        return {
            path: [(each["range"]["start"]["line"] + 1, each["message"]) for each in told]
            for path, told in found.items()
        }

    def completed(self, path: Path, text: str) -> dict[str, str]:
        """Return what is offered at the mark ▮ of a text, each with its explanation."""
        answer = self.request("textDocument/completion", self._marked(path, text))
        return {item["label"]: _plain(item.get("documentation")) for item in answer["items"]}

    def hovered(self, path: Path, text: str) -> str:
        """Return what is shown over the mark ▮ of a text."""
        answer = self.request("textDocument/hover", self._marked(path, text))
        return _plain(answer["contents"]) if answer else ""

    def _marked(self, path: Path, text: str) -> dict[str, Any]:
        before, _mark, after = text.partition("▮")
        uri = self.opened(path, before + after)
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return {"textDocument": {"uri": uri}, "position": position}

    # --- the wire

    def request(self, method: str, params: Mapping[str, Any]) -> Any:
        self.count += 1
        self.send({"id": self.count, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("id") == self.count and "method" not in message:
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["result"]

    def notify(self, method: str, params: Mapping[str, Any]) -> None:
        self.send({"method": method, "params": params})

    def send(self, message: Mapping[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        if self.process.stdin is None:
            raise RuntimeError("the server has no input")
        self.process.stdin.write(f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """Return the next message, after answering what the server asks."""
        if self.process.stdout is None:
            raise RuntimeError("the server has no output")
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _colon, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        if not length:
            raise RuntimeError("the server has ended")
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if message.get("method") == "workspace/configuration":
            wanted = [self.settings.get(item["section"]) for item in message["params"]["items"]]
            self.send({"id": message["id"], "result": wanted})
        elif "id" in message and "method" in message:
            self.send({"id": message["id"], "result": None})
        elif message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message


def _nested(settings: Settings) -> dict[str, Any]:
    """Return settings as the editor sends them: yaml.schemas -> {"yaml": {"schemas": …}}."""
    nested: dict[str, Any] = {}
    for name, value in settings.items():
        *above, last = name.split(".")
        place = nested
        for each in above:
            place = place.setdefault(each, {})
        place[last] = value
    return nested


def _plain(text: Any) -> str:
    return str(text["value"]) if isinstance(text, dict) else str(text or "")
