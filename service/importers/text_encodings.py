"""In which encoding text is that does not say so: told by its bytes, among those of Finnish registers."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

UTF_16, UTF_8, CP1252, LATIN_9 = "utf-16", "utf-8", "cp1252", "iso-8859-15"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, UTF_16), (codecs.BOM_UTF16_BE, UTF_16))
SAMPLE_BYTES, LEAST_BYTES = 4096, 16
# 0x80–0x9F are characters (€, – , ”) in CP1252 only.
WINDOWS_BYTES = re.compile(rb"[\x80-\x9f]")
# ¤ ¦ ¨ ¼ ½ ¾ in ISO-8859-1 and CP1252, € Š š Œ œ Ÿ in ISO-8859-15: a currency sign, or letters within words.
LATIN_9_BYTES = re.compile(rb"\xa4|(?<=[A-Za-z\xc0-\xff])[\xa6\xa8\xbd]|[\xa6\xa8](?=[A-Za-z\xc0-\xff])")


def detected_encoding(content: bytes) -> str:
    """Return the name of the encoding: UTF-8 or UTF-16, with or without mark, `cp1252` or `iso-8859-15`.

    Any bytes are text in CP1252 or ISO-8859-1, hence what is neither UTF-16 nor UTF-8 is taken for CP1252, which has
    all printing characters of ISO-8859-1, or for ISO-8859-15 where a euro sign or š stands as it has them.
    """
    marked = next((name for mark, name in MARKS if content.startswith(mark)), None)
    return marked or _without_mark(content)


def _without_mark(content: bytes) -> str:
    sample = content[:SAMPLE_BYTES]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(content) >= LEAST_BYTES and max(even, odd) > len(sample) * 0.2 and min(even, odd) < len(sample) * 0.02:
        return "utf-16-be" if even > odd else "utf-16-le"
    try:
        content.decode(UTF_8)
    except UnicodeDecodeError:
        return LATIN_9 if LATIN_9_BYTES.search(content) and not WINDOWS_BYTES.search(content) else CP1252
    return UTF_8


def table_encoding(table: Path, named: Path) -> str | None:
    """Return the encoding of a Shapefile's table: as the .cpg file names it, or by its bytes where nothing says it.

    Byte 29 of a dBase table is its language driver; where it is set, or there is no table, None: GDAL knows.
    A .cpg that names no known encoding says nothing.
    """
    told = named.read_text(encoding="latin-1").strip() if named.is_file() else ""
    if told and _is_known(told):
        return told
    if not table.is_file():
        return None
    content = table.read_bytes()
    says = content[29:30].strip(b"\x00")
    return None if says else detected_encoding(content[32:].replace(b"\x00", b" "))


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except (LookupError, ValueError):
        return False
    return True
