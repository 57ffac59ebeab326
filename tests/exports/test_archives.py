"""An archive is the register of a municipality, and nothing else is taken for one."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from service.database import Database
from service.errors import DataConflict
from service.operations.archives import DamagedArchive, restore_archive, write_archive


@pytest.fixture(scope="module")
def archive(demo: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "999.zip"
    write_archive(demo, "999", path)
    return path


def _tables(path: Path) -> list[dict[str, object]]:
    with zipfile.ZipFile(path) as archive:
        return list(json.loads(archive.read("manifest.json"))["tables"])


def _changed(archive: Path, path: Path, member: str, change: tuple[bytes, bytes]) -> Path:
    """Write an archive of which one member is another."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(*change, 1) if name == member else content)
    return path


def test_it_holds_no_answers_to_those_who_may_repeat_their_requests_elsewhere(archive: Path) -> None:
    assert "kept_answer" not in {each["name"] for each in _tables(archive)}


def test_it_makes_the_same_register_history_included(archive: Path, database: Database, tmp_path: Path) -> None:
    restored = restore_archive(database, archive)
    assert restored.rows["asset_version"] == restored.rows["asset"] > 7000
    assert restored.other_national == {}
    write_archive(database, "999", tmp_path / "again.zip")
    # The audit goes along, and goes on: that it was restored.
    same = [
        [each for each in _tables(path) if each["name"] != "audit_entry"] for path in (tmp_path / "again.zip", archive)
    ]
    assert same[0] == same[1]
    whole = text("SELECT after FROM audit_entry WHERE municipality_code = '999' AND after ?| '{generated,restored}'")
    with database.reading() as connection:
        told = [set(after) for after in connection.execute(whole).scalars()]
    assert told == [{"generated", "rows"}, {"restored", "written_at"}]
    with pytest.raises(DataConflict, match="has rows of municipality 999 already"):
        restore_archive(database, archive)


def test_nothing_is_written_of_one_that_is_damaged_or_was_changed(
    archive: Path, database: Database, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:100_000])
    other = tmp_path / "other.zip"
    shutil.make_archive(str(other.with_suffix("")), "zip", Path(__file__).parent, "conftest.py")
    tampered = _changed(archive, tmp_path / "tampered.zip", "tables/asset.csv", (b"brick", b"stone"))
    for path, told in ((cut, "damaged"), (other, "no manifest.json"), (Path(__file__), "no archive")):
        with pytest.raises(DamagedArchive, match=told):
            restore_archive(database, path)
    with pytest.raises(DamagedArchive) as caught:
        restore_archive(database, tampered)
    assert [fault.pointer for fault in caught.value.faults] == ["tables/asset.csv"]
    foreign = _changed(archive, tmp_path / "foreign.zip", "manifest.json", (b'"999"', b'"091"'))
    with pytest.raises(DamagedArchive) as caught:
        restore_archive(database, foreign)
    assert "0 of the 7254 rows" in caught.value.faults[0].detail
    old = _changed(archive, tmp_path / "old.zip", "manifest.json", (b'"schema_version": "0', b'"schema_version": "1'))
    with pytest.raises(DataConflict, match="restore it into a register of its version"):
        restore_archive(database, old)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM asset")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM district")).scalar_one() == 0
