"""Input files of EPANET and SWMM as sections of lines: `[PIPES]`, then fields between blanks, `;` begins a comment.

Format: EPANET 2.2 User Manual, appendix C.2; SWMM 5.2 Reference Manual, appendix D.2. Both take a section's first four
letters for its name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.importers.file_kind import check_local_file
from service.importers.network_table import Coordinate
from service.importers.source_table import unreadable
from service.operations.import_report import ImportFault, Severity

LETTERS = 4
SECTION = re.compile(r"^\s*\[(\w+)")
FIELDS = re.compile(r'"([^"]*)"|(\S+)')
FOOT_M, INCH_MM = 0.3048, 25.4
# Of metres and millimetres, so that 14 inches are 355.6 mm and not 355.59999999999997.
DECIMALS = 6


@dataclass(frozen=True)
class InpLine:
    """A line of a section: its number in the file and its fields."""

    number: int
    fields: tuple[str, ...]


Sections = Mapping[str, Sequence[InpLine]]


def inp_sections(path: Path) -> Sections:
    """Return the lines of a file by the first four letters of their section, in capitals.

    Raises:
        UnreadableSourceError: The file is missing, empty or no text.
    """
    check_local_file(path)
    sections: dict[str, list[InpLine]] = {}
    current: list[InpLine] = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        heading = SECTION.match(line)
        if heading:
            current = sections.setdefault(heading.group(1)[:LETTERS].upper(), [])
            continue
        fields = tuple(quoted or plain for quoted, plain in FIELDS.findall(line.split(";", 1)[0]))
        if fields:
            current.append(InpLine(number, fields))
    return sections


def _text(path: Path) -> str:
    content = path.read_bytes()
    if b"\x00" in content:
        raise unreadable("wrong_format", f"The file {path.name} is not a text file: it has NUL characters.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def option(sections: Sections, name: str, default: str) -> str:
    """Return the value of an option, in capitals; the format's default where the file is silent."""
    lines = [line.fields for line in sections.get("OPTI", ())]
    return next((fields[1].upper() for fields in lines if fields[0].upper() == name and len(fields) > 1), default)


class InpReader:
    """Reads numbers of single lines; a line that cannot be read is a fault, and no element."""

    def __init__(self) -> None:
        self.faults: list[ImportFault] = []

    def numbers(
        self, line: InpLine, columns: Mapping[str, int], factors: Mapping[str, float]
    ) -> dict[str, float] | None:
        """Return numbers by column, each from its place in the line and times its factor; None where one is broken."""
        found = {}
        for column, place in columns.items():
            if place >= len(line.fields):
                self.fault(line, column, "field_count", f"The line has {len(line.fields)} fields, {column} is missing.")
                return None
            number = _number(line.fields[place])
            if number is None:
                self.fault(line, column, "type", f"Not a number: {line.fields[place][:40]}.")
                return None
            found[column] = round(number * factors.get(column, 1.0), DECIMALS)
        return found

    def fault(self, line: InpLine, column: str | None, rule: str, detail: str) -> None:
        """Take down what is wrong with a line."""
        self.faults.append(ImportFault(line.number, column, None, rule, Severity.ERROR, detail))

    def places(self, sections: Sections) -> dict[str, Coordinate]:
        """Return the coordinates of nodes."""
        return {name: places[-1] for name, places in self._coordinates(sections.get("COOR", ())).items()}

    def bends(self, sections: Sections) -> dict[str, list[Coordinate]]:
        """Return the points between the ends of links, by link."""
        return self._coordinates(sections.get("VERT", ()))

    def _coordinates(self, lines: Sequence[InpLine]) -> dict[str, list[Coordinate]]:
        found: dict[str, list[Coordinate]] = {}
        for line in lines:
            pair = self.numbers(line, {"x": 1, "y": 2}, {})
            if pair is not None:
                found.setdefault(line.fields[0], []).append((pair["x"], pair["y"]))
        return found


def _number(text: str) -> float | None:
    """Return a finite number, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
