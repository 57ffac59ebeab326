"""XML read piece by piece: only the elements that are asked for are kept, and nothing outside of the file is looked at.

Document type declarations are refused, and with them every entity: none of the formats read here has one, and all that
XML can do to a reader (files and addresses pulled in, entities that grow without end) begins with one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from service.importers.file_kind import check_local_file
from service.importers.source_table import UnreadableSourceError, unreadable

BLOCK_BYTES = 256 * 1024
DEEPEST = 200


@dataclass
class XmlElement:
    """An element by its local name, namespaces left out.

    Attributes:
        name: Local name.
        attributes: Values by local name.
        line: Line of its start in the file.
        children: Elements within it, in order.
        text: Text of its own.
    """

    name: str
    attributes: dict[str, str]
    line: int
    children: list[XmlElement] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> list[XmlElement]:
        """Return the children of this name."""
        return [child for child in self.children if child.name == name]

    def first(self, *path: str) -> XmlElement | None:
        """Return the first element along a path of names, or None."""
        found: XmlElement | None = self
        for name in path:
            found = None if found is None else next(iter(found.all(name)), None)
        return found

    def value(self, *path: str) -> str | None:
        """Return the text along a path of names, or None where it is empty or absent."""
        found = self.first(*path)
        return None if found is None else found.text.strip() or None

    def walk(self) -> Iterator[XmlElement]:
        """Yield every element within this one, itself first."""
        yield self
        for child in self.children:
            yield from child.walk()


def numbers_of(text: str) -> list[float]:
    """Return the numbers between the blanks of a text; raises ValueError where one is none, or not finite."""
    numbers = [float(part) for part in text.split()]
    if not all(map(math.isfinite, numbers)):
        raise ValueError(text[:40])
    return numbers


class _Collector:
    """Keeps the wanted elements of a stream, whole; what lies outside of them passes by."""

    def __init__(self, wanted: Collection[str], passed: dict[str, int]) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.done: list[XmlElement] = []
        self._wanted, self._open, self._depth = wanted, list[XmlElement](), 0
        self._passed = passed
        self._texts: list[list[str]] = []

    def _refuse(self, *_declared: object) -> None:
        raise unreadable("xml_dtd", "The file has a document type declaration, which is not read.", row=self.line)

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise unreadable("wrong_format", f"The file nests elements deeper than {DEEPEST} levels.", row=self.line)
        local = _local(name)
        if not self._open and local not in self._wanted:
            if local in self._passed:
                self._passed[local] += 1
            return
        element = XmlElement(local, {_local(key): value for key, value in attributes.items()}, self.line)
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._open:
            element = self._open.pop()
            element.text = "".join(self._texts.pop())
            if not self._open:
                self.done.append(element)

    def _text(self, text: str) -> None:
        if self._open:
            self._texts[-1].append(text)

    def taken(self) -> list[XmlElement]:
        """Return the elements that are whole since the last call."""
        done, self.done = self.done, []
        return done


def _local(name: str) -> str:
    return name.rsplit(" ", 1)[-1]


def xml_elements(path: Path, wanted: Collection[str], passed: dict[str, int] | None = None) -> Iterator[XmlElement]:
    """Yield each outermost element of a wanted local name, in order, each once it is whole.

    Args:
        path: The file.
        wanted: Local names.
        passed: Local names of what is passed by but counted here.

    Raises:
        UnreadableSourceError: The file is missing, is not whole XML, declares a document type, or nests too deep.
    """
    check_local_file(path)
    collector = _Collector(wanted, {} if passed is None else passed)
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK_BYTES):
                collector.parser.Parse(block, False)
                yield from collector.taken()
        collector.parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, UnicodeError) as error:
        raise _broken(path, error) from error
    yield from collector.taken()


def _broken(path: Path, error: Exception) -> UnreadableSourceError:
    row = error.lineno if isinstance(error, expat.ExpatError) else None
    return unreadable("broken_xml", f"The file {path.name} is not whole XML: {error}.", row=row)
