"""A browser to read pages with and click in them: Chromium by its debugging protocol, over a pipe, without a driver."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60.0


def program() -> str | None:
    """Return the Chromium of this machine, if there is one and it can be driven over a pipe."""
    if os.name == "nt":  # the pipe's two files cannot be handed on there
        return None
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Chromium:
    """One page of a headless browser. What it complains of, and what it fetches, is kept."""

    def __init__(self, executable: str, profile: Path) -> None:
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        # The protocol is spoken on the files 3 and 4.
        command = f'exec "$0" "$@" 3<&{their_in} 4>&{their_out}'
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"]
        self._process = subprocess.Popen(
            ["bash", "-c", command, executable, *options, f"--user-data-dir={profile}"],
            pass_fds=(their_in, their_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(their_in)
        os.close(their_out)
        self._buffer = b""
        self._number = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Network", "Runtime"):
            self.ask(f"{domain}.enable")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(SECONDS)
        os.close(self._in)
        os.close(self._out)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._number, "method": method, "params": parameters, **session}
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        ends = time.monotonic() + SECONDS
        while b"\0" not in self._buffer:
            readable, _writable, _odd = select.select([self._in], [], [], max(0.0, ends - time.monotonic()))
            data = os.read(self._in, 1 << 16) if readable else b""
            assert data, "the browser does not answer"
            self._buffer += data
        message, _nul, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))

    def visit(self, address: str, scripts: bool = True) -> None:
        """Open a page, and wait until it is there."""
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.ask("Page.navigate", url="about:blank")  # else another fragment of the same page is no new page
        self._wait("Page.loadEventFired")
        self.events.clear()
        self.ask("Page.navigate", url=address)
        self._wait("Page.loadEventFired")

    def _wait(self, event: str) -> None:
        while not any(each.get("method") == event for each in self.events):
            self.events.append(self._next())
        self.events = [each for each in self.events if each.get("method") != event]

    def value(self, expression: str) -> Any:
        """Return what an expression is in the page."""
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as a mouse does."""
        found = f"const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView();"
        x, y = self.value(
            f"(() => {{ {found} const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }})()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.ask("Input.insertText", text=text)

    @property
    def fetched(self) -> list[str]:
        """The addresses that the page asked for."""
        sent = (each["params"] for each in self.events if each.get("method") == "Network.requestWillBeSent")
        return [each["request"]["url"] for each in sent]

    @property
    def complaints(self) -> list[str]:
        """What the browser logged: refused scripts and styles, errors."""
        logged = (each["params"] for each in self.events if each.get("method") == "Log.entryAdded")
        thrown = (each["params"] for each in self.events if each.get("method") == "Runtime.exceptionThrown")
        return [each["entry"]["text"] for each in logged] + [str(each) for each in thrown]
