"""Sends strings that would do harm to every place of a string in both OpenAPI documents; ends 1 where one is not borne.

`make check-injection` sends every string to every place; `check_injection.py --short` one to each place of writes that
differ in more than their asset class, and to each second place of reads, for the tests. A string is borne where the
service answers as it answers anything else: no crash, no markup, no header and no line of a log made of it, nothing
told of the inside, no command run, and the register as it was where it was refused.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(HERE), str(HERE.parent / "permissions"), str(HERE.parent)]

from cases import Case, cases_of, pages_of, sound_cases  # noqa: E402 — found through the line above
from judging import Log, drop_waiting_jobs, faults_of, left_by_commands, state_of_register  # noqa: E402
from laying import Laid, laid  # noqa: E402
from wire import Answer, Wire  # noqa: E402

from service.acting import acting_as, operator  # noqa: E402

SHOWN = 50
SOUND = (200, 201, 202, 204, 308, 409, 412)


def main(*, short: bool) -> int:
    """Return 0 where every string was borne."""
    with tempfile.TemporaryDirectory() as folder, acting_as(operator()), laid(Path(folder)) as service:
        check = Check(service)
        begun = time.monotonic()
        for cases in (*cases_of(service, short=short), *pages_of(service, short=short)):
            check.send(cases)
        for sound in sound_cases(service, short=short):
            check.show(sound)
        check.end()
        print(
            f"{check.sent} requests in {time.monotonic() - begun:.0f} s, answered by {dict(sorted(check.by.items()))}"
        )
    for fault in check.found[:SHOWN]:
        print(fault)
    print(f"{len(check.found)} findings")
    return int(bool(check.found))


class Check:
    """Sends cases and keeps what is wrong with their answers."""

    def __init__(self, service: Laid) -> None:
        self.service, self.wire = service, Wire(service.address)
        self.found: list[str] = []
        self.by: Counter[int] = Counter()
        self.sent = 0

    def send(self, cases: list[Case]) -> None:
        """Send the cases of an operation; where some are accepted, the refused ones once more: they change nothing."""
        writes = cases[0].request.method != "GET"
        before = state_of_register(self.service.url) if writes else {}
        refused = [each for each in cases if self._ask(each).status >= 400]
        if not writes:
            return
        if len(refused) < len(cases):
            drop_waiting_jobs(self.service.url)
            before = state_of_register(self.service.url)
            for each in refused:
                self._ask(each)
        after = state_of_register(self.service.url)
        changed = [name for name in after if after[name] != before[name]]
        if changed:
            self.found.append(f"{cases[0].name}: refused, and yet changed: {changed}")

    def show(self, sound: Case) -> None:
        """Send a sound request after all strings: what was stored of them is shown, what they stood in was sound."""
        answer = self._ask(sound)
        if answer.status not in SOUND:
            self.found.append(f"{sound.name}: sound, and yet refused with {answer.status}: {answer.content[:300]!r}")

    def end(self) -> None:
        """Look at the log, and at what commands would have left."""
        self.wire.close()
        log = Log(self.service.log, self.service.token)
        self.found += [f"log: {each}" for each in log.faults()]
        told = log.requests
        if told < self.sent / 2:
            self.found.append(f"log: {told} requests of {self.sent} are told")
        self.found += left_by_commands()

    def _ask(self, case: Case) -> Answer:
        answer = self.wire.ask(*case.request.parts())
        self.sent += 1
        self.by[answer.status] += 1
        self.found += [f"{case.name}: {fault}" for fault in faults_of(answer, self.service.address, case.request.host)]
        return answer


if __name__ == "__main__":
    sys.exit(main(short="--short" in sys.argv))
