"""Load for `make bench-gis`: requests of a list in turn over some connections, for some seconds, to this machine."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

_SCRIPT = """
local paths, place = {}, 0
for line in io.lines(%r) do paths[#paths + 1] = line end
request = function()
  place = place %% #paths + 1
  return wrk.format("GET", paths[place])
end
"""
GENERATOR = "wrk" if shutil.which("wrk") else "a loop of ours (slower than wrk, which `apt-get install wrk` brings)"
TIMEOUT_S = 60


def requests_per_second(
    urls: Sequence[str], connections: int, seconds: float, headers: Mapping[str, str] | None = None
) -> float:
    """Return how many requests a second are answered; any answer of an error ends the benchmark.

    Args:
        urls: Addresses on this machine, asked for in turn.
        connections: How many requests are under way at a time.
        seconds: How long.
        headers: Sent with each.
    """
    if any(urlsplit(url).hostname != "127.0.0.1" for url in urls):
        raise SystemExit("load goes to this machine only")
    measure = _by_wrk if shutil.which("wrk") else _by_loop
    return measure(urls, connections, seconds, headers or {})


def _by_wrk(urls: Sequence[str], connections: int, seconds: float, headers: Mapping[str, str]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        paths, script = Path(folder) / "paths", Path(folder) / "paths.lua"
        paths.write_text("".join(f"{_target(url)}\n" for url in urls))
        script.write_text(_SCRIPT % str(paths))
        given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        options = ["-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", f"{TIMEOUT_S}s", "-s", str(script)]
        done = subprocess.run(["wrk", *options, *given, urls[0]], check=True, capture_output=True, text=True)
    if "Non-2xx" in done.stdout or re.search(r"(connect|read|write) [1-9]", done.stdout):
        raise SystemExit(f"{urls[0]} fails:\n{done.stdout}")
    return float(re.search(r"Requests/sec: +([0-9.]+)", done.stdout)[1])  # type: ignore[index]


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _by_loop(urls: Sequence[str], connections: int, seconds: float, headers: Mapping[str, str]) -> float:
    return asyncio.run(_ask_for(urls, connections, seconds, headers))


async def _ask_for(urls: Sequence[str], connections: int, seconds: float, headers: Mapping[str, str]) -> float:
    start = time.perf_counter()
    turns = cycle(urls)
    answered = await asyncio.gather(*(_ask(turns, start + seconds, headers) for _ in range(connections)))
    return sum(answered) / (time.perf_counter() - start)


async def _ask(turns: cycle[str], until: float, headers: Mapping[str, str]) -> int:
    answered = 0
    first = urlsplit(next(turns))
    reader, writer = await asyncio.open_connection(first.hostname, first.port, limit=2**26)
    given = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    while time.perf_counter() < until:
        url = next(turns)
        writer.write(f"GET {_target(url)} HTTP/1.1\r\nHost: {first.netloc}\r\n{given}\r\n".encode())
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), TIMEOUT_S)).decode("latin-1")
        if head.split()[1] not in {"200", "304"}:
            raise SystemExit(f"{url} fails:\n{head}")
        length = re.search(r"(?i)content-length: *(\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        answered += 1
    writer.close()
    await writer.wait_closed()
    return answered
