"""ZIP archives with one data set of several files, or several of which the caller names one."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.importers.file_kind import check_archive
from service.importers.source_table import unreadable
from service.importers.vector_formats import VECTOR_FORMATS, VectorFormat, check_companions, companions

GEODATABASE_TABLE = "a00000001.gdbtable"
GEODATABASE = ".gdb"
TOLD_NAMES = 30


@contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """Give the data sets of a ZIP archive in a folder that goes away afterwards: main files, and `.gdb` folders.

    Raises:
        UnreadableSourceError: Damaged, encrypted, unpacking to too much or outside of its folder, or without a map.
    """
    check_archive(path)
    with tempfile.TemporaryDirectory(prefix="kuntokanta-") as name:
        folder = Path(name)
        with unpacking(path) as archive:
            _extract(archive, folder)
        found = sorted(each for each in folder.rglob("*") if _is_data_set(each))
        if not found:
            known = ", ".join(VECTOR_FORMATS)
            raise unreadable("archive_content", f"The archive {path.name} holds no map data ({known}).")
        yield found


@contextmanager
def unpacking(path: Path) -> Iterator[zipfile.ZipFile]:
    """Give a ZIP archive that was checked, to be unpacked at once; raises UnreadableSourceError where it cannot be."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise unreadable("wrong_format", f"The archive {path.name} cannot be unpacked.") from error


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    # A geodatabase whose files were zipped without their folder gets one, by which GDAL knows it.
    target = folder / "unpacked.gdb" if GEODATABASE_TABLE in archive.namelist() else folder
    archive.extractall(target)


def _is_data_set(path: Path) -> bool:
    hidden = any(part.startswith(("__MACOSX", ".")) for part in path.parts)
    in_geodatabase = any(part.lower().endswith(GEODATABASE) for part in path.parent.parts)
    suffix = path.suffix.lower()
    if hidden or in_geodatabase or suffix not in VECTOR_FORMATS:
        return False
    return path.is_dir() if suffix == GEODATABASE else path.is_file()


def chosen(found: list[Path], layer: str | None, archive: str) -> tuple[Path, str | None]:
    """Return one data set of an archive, and the layer to read in it.

    Args:
        found: The data sets, one at least.
        layer: A layer, or the name of a data set where the archive holds several.
        archive: Name to report.

    Raises:
        UnreadableSourceError: Several, and none is named.
    """
    if len(found) == 1:
        path = found[0]
        return path, None if layer in {path.name, path.stem} and path.suffix.lower() != GEODATABASE else layer
    named = [path for path in found if layer in {path.name, path.stem}]
    if len(named) != 1:
        names = ", ".join(path.name for path in found[:TOLD_NAMES])
        detail = f"The archive {archive} holds {len(found)} data sets; name one of them as the layer: {names}."
        raise unreadable("layer_needed", detail)
    return named[0], None


@contextmanager
def alone(path: Path, form: VectorFormat) -> Iterator[Path]:
    """Give a data set of several files in a folder of its own, by links with endings in lower case.

    GDAL writes indexes and schemas beside what it reads, and looks for companions by their exact names.

    Raises:
        UnreadableSourceError: A file is missing without which the data set cannot be read.
    """
    found = companions(path)
    check_companions(path, form, found)
    if not form.companions:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="kuntokanta-") as name:
        main = Path(name) / f"{path.stem}{path.suffix.lower()}"
        main.symlink_to(os.fspath(path.resolve()))
        for ending, each in found.items():
            main.with_suffix(ending).symlink_to(os.fspath(each.resolve()))
        yield main
