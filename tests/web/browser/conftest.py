"""A real Chromium, driven over its DevTools protocol through a pipe: the standard library is all it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_S = 30.0
_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
# It reads from file descriptor 3 and writes to 4.
_START = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3]]
for number, end in enumerate(ends, 3):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
_WATCHED = {"Runtime.exceptionThrown", "Log.entryAdded"}


def find_chromium() -> str | None:
    """Return the path of a Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """One page. What its scripts throw and what its security policy refuses is gathered in `complaints`."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from, self._buffer = to_browser, from_browser, b""
        self._number, self._session = 0, None
        self.complaints: list[Any] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result; raises `AssertionError` where the browser refuses it."""
        self._number += 1
        session = {} if self._session is None else {"sessionId": self._session}
        message = {"id": self._number, "method": method, "params": parameters, **session}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            if answer.get("method") in _WATCHED:
                self.complaints.append(answer["params"])
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            read = os.read(self._from, 1 << 16)
            assert read, "Chromium has ended"
            self._buffer += read
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def run(self, script: str) -> Any:
        """Return the value of an expression on the page."""
        found = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, script: str) -> Any:
        """Return the value of an expression as soon as it is true."""
        end = time.monotonic() + PATIENCE_S
        while not (value := self.run(script)):
            assert time.monotonic() < end, (
                f"in vain: {script}\n{self.complaints}\n{self.run('document.body.innerText')}"
            )
            time.sleep(0.05)
        return value

    def open(self, address: str, then: str) -> None:
        """Open an address and wait until an expression is true there."""
        self.send("Page.navigate", url=address)
        self.until(f"document.readyState === 'complete' && ({then})")

    def press(self, selector: str) -> None:
        """Press a button that can be pressed."""
        self.until(f"!!document.querySelector({json.dumps(selector)}) && !{_element(selector)}.disabled")
        self.run(f"{_element(selector)}.click()")

    def fill(self, selector: str, value: str) -> None:
        """Give a field a value as a person would, and tell the page."""
        told = "".join(f"box.dispatchEvent(new Event('{name}', {{bubbles: true}}));" for name in ("input", "change"))
        self.run(f"{{ const box = {_element(selector)}; box.value = {json.dumps(value)}; {told} }}")

    def text(self, selector: str) -> str:
        """Return the text that an element shows."""
        return str(self.run(f"{_element(selector)}.innerText"))

    def choose_file(self, selector: str, path: Path) -> None:
        """Choose a file in a field for files."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path)])


def _element(selector: str) -> str:
    return f"document.querySelector({json.dumps(selector)})"


@contextmanager
def chromium(program: str) -> Iterator[Tab]:
    """Run a Chromium with one page, and end it."""
    (its_input, to_browser), (from_browser, its_output) = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(prefix="kuntokanta-", ignore_cleanup_errors=True) as folder:
        own = (f"--user-data-dir={folder}", "--remote-debugging-pipe")
        command = [sys.executable, "-c", _START, str(its_input), str(its_output), program, *_OPTIONS, *own]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, pass_fds=(its_input, its_output), **quiet)
        os.close(its_input)
        os.close(its_output)
        try:
            yield Tab(to_browser, from_browser)
        finally:
            os.close(to_browser)  # it ends when nobody can talk to it any more
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(from_browser)


@pytest.fixture(scope="session")
def module_template(template_database: str) -> str:
    """What people do in the browser here needs municipalities, but no assets."""
    return template_database


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """A page of a browser; its tests skip where there is none."""
    program = find_chromium()
    if program is None:
        pytest.skip("there is no Chromium here (apt-get install chromium)")
    with chromium(program) as tab:
        yield tab
