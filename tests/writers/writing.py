"""What a client writes in its municipality, and what it then knows to be written."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sending import Answer, Sender

_DONE = (200, 201, 204)


@dataclass(frozen=True)
class Town:
    """What all clients of a municipality write at.

    Attributes:
        code: Its code.
        assets: Ids of buildings, whose `replacement_cost_eur` counts what was done to them.
        need: Address of a service need that counts too.
        budget: Address of a budget that counts too.
    """

    code: str
    assets: tuple[str, ...]
    need: str
    budget: str


@dataclass
class Ledger:
    """What was answered as done, by what it was done to: once each time, or under a name of its own."""

    counted: Counter[str] = field(default_factory=Counter)
    measures: Counter[int] = field(default_factory=Counter)
    registered: dict[str, str] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    done_by: Counter[str] = field(default_factory=Counter)
    refused_elsewhere: int = 0

    def add(self, other: Ledger) -> None:
        """Add what another client wrote."""
        self.counted += other.counted
        self.measures += other.measures
        self.registered |= other.registered
        self.retired |= other.retired
        self.done_by += other.done_by
        self.refused_elsewhere += other.refused_elsewhere


def holder_of(number: int, code: str) -> str:
    """Return the name by which the register knows a client."""
    return f"client {number} of {code}"


class Writer:
    """One client: it does one thing after the other, each until it is done."""

    def __init__(self, sender: Sender, number: int, own: Town, other: Town, chance: random.Random) -> None:
        """`number` tells a client from others of its municipality, also by what it writes: names, costs of measures."""
        self._holder = holder_of(number, own.code)
        self.ledger = Ledger()
        self.sender = sender
        self._own, self._other, self._chance = own, other, chance
        self._name, self._first_cost = f"client {number}", number * 1_000_000
        self._number = 0

    def write_something(self) -> None:
        """Do one thing."""
        works = (self._patch, self._put, self._patch_feature, self._count_need, self._count_budget)
        works += (self._add_measure, self._add_measure, self._register, self._retire, self._look_elsewhere, self._list)
        self._chance.choice(works)()

    def _patch(self) -> None:
        path = f"/api/v1/building/{self._asset()}"
        self._counting(path, "PATCH", lambda found: {"replacement_cost_eur": found["replacement_cost_eur"] + 1})

    def _put(self) -> None:
        path = f"/api/v1/building/{self._asset()}"
        self._counting(path, "PUT", lambda found: {**found, "replacement_cost_eur": found["replacement_cost_eur"] + 1})

    def _patch_feature(self) -> None:
        def more(found: Any) -> Any:
            return {"properties": {"replacement_cost_eur": found["properties"]["replacement_cost_eur"] + 1}}

        asset = self._asset()
        self._counting(f"/ogc/collections/building/items/{asset}", "PATCH", more, f"/api/v1/building/{asset}")

    def _count_need(self) -> None:
        self._counting(self._own.need, "PUT", lambda found: {"service_need": found["service_need"] + 1})

    def _count_budget(self) -> None:
        self._counting(self._own.budget, "PUT", lambda found: {"amount_eur": found["amount_eur"] + 1})

    def _counting(self, path: str, method: str, more: Any, name: str = "") -> None:
        """Read, add one, write; read again where somebody else was first."""
        while True:
            found = self.sender.read(path)
            answer = self.sender.write(method, path, more(found.document), If_Match=found.etag)
            if answer.status != 412:
                break
            if answer.etag == found.etag:
                self._wrong("the present tag is the one that was sent", answer)
        if self._is_done(answer):
            self.ledger.counted[name or path] += 1

    def _add_measure(self) -> None:
        asset, cost = self._asset(), self._first_cost + len(self.ledger.measures)
        body = {"kind": "repair", "state": "planned", "year": 2030, "cost_eur": cost}
        if self._is_done(self.sender.write("POST", f"/api/v1/assets/{asset}/measures", body)):
            self.ledger.measures[cost] += 1

    def _register(self) -> None:
        name = self._next_name()
        body = {"municipality_code": self._own.code, "status": "in_use", "name": name}
        answer = self.sender.write("POST", "/api/v1/park", body)
        if self._is_done(answer):
            self.ledger.registered[name] = answer.document["id"]

    def _retire(self) -> None:
        left = [name for name in self.ledger.registered if name not in self.ledger.retired]
        if left:
            name = self._chance.choice(left)
            path = f"/api/v1/park/{self.ledger.registered[name]}"
            if self._is_done(self.sender.write("DELETE", path, If_Match='"1"')):
                self.ledger.retired.add(name)

    def _look_elsewhere(self) -> None:
        """Try to read and to write what is the other municipality's."""
        asset = self._chance.choice(self._other.assets)
        foreign = {"municipality_code": self._other.code, "status": "in_use", "name": self._next_name()}
        answers = (
            self.sender.read(f"/api/v1/building/{asset}"),
            self.sender.read(f"/api/v1/building?municipality={self._other.code}"),
            self.sender.write("PATCH", f"/api/v1/building/{asset}", {"name": "x"}, If_Match="*"),
            self.sender.write("POST", "/api/v1/park", foreign),
            self.sender.write("PUT", self._other.need, {"service_need": 1}, If_Match="*"),
        )
        for answer in answers:
            self.ledger.refused_elsewhere += 1
            if answer.status != 403:
                self._wrong("what is another municipality's", answer)

    def _list(self) -> None:
        """Read lists, where all is to be of the own municipality."""
        measures = f"/api/v1/assets/{self._asset()}/measures"
        for path in ("/api/v1/park?limit=50", measures, "/ogc/collections/park/items"):
            answer = self.sender.read(path)
            foreign = f'"{self._other.code}'.encode()
            if answer.status != 200 or foreign in answer.content:
                self._wrong("a list", answer)

    def _asset(self) -> str:
        return self._chance.choice(self._own.assets)

    def _next_name(self) -> str:
        self._number += 1
        return f"{self._name} {self._number}"

    def _is_done(self, answer: Answer) -> bool:
        if answer.status not in _DONE:
            self._wrong("not done", answer)
            return False
        self.ledger.done_by[self._holder] += 1
        return True

    def _wrong(self, what: str, answer: Answer) -> None:
        self.sender.tally.wrong.append(f"{self._name}: {what}: {answer.status} {answer.content[:300]!r}")
