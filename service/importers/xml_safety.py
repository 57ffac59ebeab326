"""XML that is safe to hand to another parser: whole, not nested without end, and without a document type."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from service.importers.source_table import unreadable

BLOCK_BYTES = 64 * 1024
# GDAL walks through a document by calling itself, level by level.
DEEPEST = 100


@dataclass(frozen=True)
class XmlRoot:
    """The first element of a document.

    Attributes:
        namespace: Its namespace, empty where it has none.
        name: Its name without prefix.
    """

    namespace: str
    name: str


class _UnsafeXml(Exception):
    """What the document has that no parser is to see."""


def checked_xml(path: Path) -> XmlRoot:
    """Return the root element of an XML file that is well-formed to its end, by expat.

    A document type declaration is the one place where entities, external ones among them, can be declared: with none,
    nothing can be expanded and nothing is fetched.

    Raises:
        UnreadableSourceError: Not XML or broken off (`wrong_format`), with a document type declaration or nested too
            deep (`xml_unsafe`).
    """
    watch = _Watch()
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK_BYTES):
                watch.parser.Parse(block, False)
            watch.parser.Parse(b"", True)
    except _UnsafeXml as unsafe:
        raise unreadable("xml_unsafe", f"The file {path.name} {unsafe}, which is not read.") from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not whole XML: {error}.") from error
    return watch.root


def check_archived_xml(path: Path) -> None:
    """Raise UnreadableSourceError where an XML file of a workbook begins with a document type declaration.

    Args:
        path: A ZIP archive that is known to be sound.
    """
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels")):
                with archive.open(name) as stream:
                    _check_beginning(stream.read(BLOCK_BYTES), name[:80], path.name)


def _check_beginning(content: bytes, name: str, archive: str) -> None:
    try:
        _Watch().parser.Parse(content, False)
    except _UnsafeXml as unsafe:
        raise unreadable("xml_unsafe", f"The file {name} in {archive} {unsafe}, which is not read.") from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise unreadable("wrong_format", f"The file {name} in {archive} is not XML: {error}.") from error


class _Watch:
    """Counts how deep a document goes, and keeps its root."""

    def __init__(self) -> None:
        self.root = XmlRoot("", "")
        self._depth = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.StartDoctypeDeclHandler = self._document_type

    def _started(self, name: str, _attributes: dict[str, str]) -> None:
        if not self._depth:
            namespace, _, local = name.rpartition(" ")
            self.root = XmlRoot(namespace, local)
        self._depth += 1
        if self._depth > DEEPEST:
            raise _UnsafeXml(f"has elements nested more than {DEEPEST} deep")

    def _ended(self, _name: str) -> None:
        self._depth -= 1

    def _document_type(self, *_declaration: object) -> None:
        raise _UnsafeXml("has a document type declaration (DTD)")
