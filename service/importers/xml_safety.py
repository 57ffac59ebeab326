"""XML that is safe to hand to a parser: one well-formed beginning, no document type, hence no entities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from service.importers.source_table import unreadable

BLOCK_BYTES = 64 * 1024
# Where a root element has not begun by then, it is no file of ours.
MAX_PROLOG_BYTES = 1024 * 1024


@dataclass(frozen=True)
class XmlRoot:
    """The first element of a document.

    Attributes:
        namespace: Its namespace, empty where it has none.
        name: Its name without prefix.
        attributes: Its attributes by name; those with a namespace as `namespace name`.
    """

    namespace: str
    name: str
    attributes: dict[str, str]


class _RootFound(Exception):
    pass


class _DocumentType(Exception):
    pass


def xml_root(path: Path) -> XmlRoot:
    """Return the root element of an XML file, read by expat and no further than its start tag.

    A document type declaration may only stand before the root element. It is the one place where entities, external
    ones among them, can be declared: with none, nothing can be expanded and nothing is fetched.

    Raises:
        UnreadableSourceError: Not XML (`wrong_format`), or it has a document type declaration (`xml_unsafe`).
    """
    found: list[XmlRoot] = []
    parser = _parser(found)
    try:
        with path.open("rb") as stream:
            read = 0
            while read < MAX_PROLOG_BYTES and (block := stream.read(BLOCK_BYTES)):
                parser.Parse(block, False)
                read += len(block)
    except _RootFound:
        return found[0]
    except _DocumentType:
        detail = f"The file {path.name} has a document type declaration (DTD), which is not read."
        raise unreadable("xml_unsafe", detail) from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not XML: {error}.") from error
    raise unreadable("wrong_format", f"The file {path.name} is not XML: no element was found.")


def _parser(found: list[XmlRoot]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")

    def started(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        found.append(XmlRoot(namespace, local, attributes))
        raise _RootFound

    def document_type(*_declaration: object) -> None:
        raise _DocumentType

    parser.StartElementHandler = started
    parser.StartDoctypeDeclHandler = document_type
    return parser
