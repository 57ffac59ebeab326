"""A client on a bad line: it sends again, by the same key, what it heard no answer to."""

from __future__ import annotations

import http.client
import json
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

CUT_IN_BODY, CUT_BEFORE_ANSWER, SENT_TWICE = 0.04, 0.06, 0.06
ANSWERS_WITHIN_S = 60


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def document(self) -> Any:
        """Return the content, which is JSON."""
        return json.loads(self.content)

    @property
    def etag(self) -> str:
        """Return the tag of what was read or written."""
        return str(self.headers["ETag"])


@dataclass
class Tally:
    """What a client met: answers by status, what was done to its line, and what should not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    line: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add what another client met."""
        self.statuses += other.statuses
        self.line += other.line
        self.wrong += other.wrong


class Sender:
    """Sends requests with one token, over lines that break."""

    def __init__(self, address: str, token: str, chance: random.Random) -> None:
        self.tally = Tally()
        self._address = address.removeprefix("http://")
        self._token = token
        self._chance = chance
        self._line = self._new_line()

    def read(self, path: str) -> Answer:
        """Read something."""
        return self._until_answered("GET", path, b"", {})

    def write(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Write something, once, whatever happens to the line; headers are named with underscores."""
        content = b"" if body is None else json.dumps(body).encode()
        kind = "merge-patch+json" if method == "PATCH" else "json"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        key = str(uuid.UUID(int=self._chance.getrandbits(128)))
        sent |= {"Content-Type": f"application/{kind}", "Idempotency-Key": key}
        fate = self._chance.random()
        if fate < CUT_IN_BODY:
            self._cut(method, path, content, sent, within=True)
        elif fate < CUT_IN_BODY + CUT_BEFORE_ANSWER:
            self._cut(method, path, content, sent, within=False)
        elif fate < CUT_IN_BODY + CUT_BEFORE_ANSWER + SENT_TWICE:
            return self._twice(method, path, content, sent)
        return self._until_answered(method, path, content, sent)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _until_answered(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        while True:
            answer = self._ask(self._line, method, path, content, headers)
            if answer is None:
                self.tally.line["gone"] += 1
                self._line = self._new_line()
            elif "Retry-After" in answer.headers:
                self.tally.line["told to come again"] += 1
                time.sleep(int(answer.headers["Retry-After"]) * self._chance.uniform(0.5, 1.0))
            else:
                return answer

    def _twice(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Send the same on two lines before either is read."""
        self.tally.line["sent twice"] += 1
        other = self._new_line()
        try:
            self._begin(other, method, path, content, headers)
            one = self._until_answered(method, path, content, headers)
            another = self._answer(other)
        except OSError:
            return self._until_answered(method, path, content, headers)
        finally:
            other.close()
        alike = (one.status, one.content) == (another.status, another.content)
        # What is refused is not kept: the later of two may be told more.
        if one.status < 300 and not alike and "Retry-After" not in another.headers:
            told = [f"{each.status} {each.content!r}" for each in (one, another)]
            self.tally.wrong.append(f"{method} {path}: {told}")
        return one if one.status < 300 or another.status >= 300 else another

    def _cut(self, method: str, path: str, content: bytes, headers: dict[str, str], *, within: bool) -> None:
        """Begin to send, and break the line: within the body, or before the answer."""
        self.tally.line["cut in the body" if within else "cut before the answer"] += 1
        line = self._new_line()
        try:
            self._begin(line, method, path, content, headers, most=len(content) // 2 if within else None)
            time.sleep(self._chance.random() * 0.02)
        except OSError:
            self.tally.line["gone"] += 1
        finally:
            line.close()

    def _ask(
        self, line: http.client.HTTPConnection, method: str, path: str, content: bytes, headers: dict[str, str]
    ) -> Answer | None:
        try:
            self._begin(line, method, path, content, headers)
            return self._answer(line)
        except (OSError, http.client.HTTPException):
            line.close()
            return None

    def _begin(
        self,
        line: http.client.HTTPConnection,
        method: str,
        path: str,
        content: bytes,
        headers: dict[str, str],
        most: int | None = None,
    ) -> None:
        line.putrequest(method, path, skip_accept_encoding=True)
        sent = {**headers, "Authorization": f"Bearer {self._token}", "Content-Length": str(len(content))}
        for name, value in sent.items():
            line.putheader(name, value)
        line.endheaders(content[:most])

    def _answer(self, line: http.client.HTTPConnection) -> Answer:
        answer = line.getresponse()
        content = answer.read()
        self.tally.statuses[answer.status] += 1
        if answer.status >= 500:
            self.tally.wrong.append(f"{answer.status} {content!r}")
        return Answer(answer.status, answer.headers, content)

    def _new_line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._address, timeout=ANSWERS_WITHIN_S)
