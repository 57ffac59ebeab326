"""Names that lead elsewhere: of files that come in, of what archives hold, of layers, profiles, exports and pages."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SECRET = "not meant for you"
NAMES = {
    "upwards": "../../{secret}",
    "upwards of Windows": "..\\..\\{secret}",
    "from the root": "{place}/{secret}",
    "a drive": "C:\\{secret}",
    "hidden upwards": "x/../../../{secret}",
    "NUL": "{secret}\0.csv",
    "GDAL's archives": "/vsizip/{place}/{secret}.zip/a.csv",
    "GDAL's addresses": "/vsicurl/http://127.0.0.1:9/a.gpkg",
    "a home": "~/{secret}",
    "a name that no disk has": "x" * 300 + ".csv",
}
PARKS = "id,nimi\n1,Puisto\n"
FORMS = {"content_type": "multipart/form-data"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a secret, deep in which all temporary files come to lie; nothing else is in it afterwards."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "secret.csv").write_text(SECRET, encoding="utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    monkeypatch.setenv("TMPDIR", str(deep))
    yield tmp_path
    assert set(tmp_path.rglob("*")) == {tmp_path / "a", deep, tmp_path / "secret.csv"}
    assert (tmp_path / "secret.csv").read_text(encoding="utf-8") == SECRET


def named(form: str, place: Path) -> str:
    """A name that leads to the secret, or beside it."""
    return form.format(place=place, secret="secret.csv")


def archive(*members: str) -> bytes:
    """A ZIP archive whose members are called so."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for each in members:
            info = zipfile.ZipInfo("x")
            info.filename = each
            made.writestr(info, PARKS)
    return file.getvalue()


def sent(engineer: Any, content: bytes, name: str, **fields: str) -> Any:
    """Send a file to be imported, and wait for what comes of it."""
    data = {"file": (io.BytesIO(content), name), "municipality": "901", **fields}
    return engineer("POST", "/api/v1/imports", data=data, headers={"Prefer": "wait=30"}, **FORMS)


@pytest.mark.parametrize("form", NAMES.values(), ids=NAMES)
def test_an_upload_lies_where_the_service_says_and_keeps_the_last_part_of_its_name(
    engineer: Any, place: Path, form: str
) -> None:
    answer = sent(engineer, PARKS.encode(), named(form, place), profile="kuntokanta_records")
    assert answer.status_code == 422, answer.text
    kept = answer.json["report"]["file_name"]
    assert kept
    assert len(kept) <= 255
    assert not set("/\\\0") & set(kept)
    assert SECRET not in answer.text


@pytest.mark.parametrize("form", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize(("profile", "ending"), [("kuntokanta_records", "csv"), ("tampere_playgrounds", "geojson")])
def test_no_member_of_an_archive_is_written_outside_of_its_folder(
    engineer: Any, place: Path, form: str, profile: str, ending: str
) -> None:
    member = named(form, place).replace(".csv", f".{ending}")
    answer = sent(engineer, archive(f"park.{ending}", member), "a.zip", profile=profile)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"]
    assert str(place) not in answer.text.replace(member, "")


def test_a_link_in_an_archive_leads_nowhere(engineer: Any, place: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        link = zipfile.ZipInfo("park.csv")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        made.writestr(link, str(place / "secret.csv"))
    answer = sent(engineer, file.getvalue(), "a.zip", profile="kuntokanta_records")
    assert answer.status_code == 422
    assert SECRET not in answer.text


@pytest.mark.parametrize("form", NAMES.values(), ids=NAMES)
def test_a_layer_is_looked_for_in_the_file_alone(engineer: Any, place: Path, form: str) -> None:
    name = named(form, place)
    for content, called in ((archive("secret.geojson"), "a.zip"), (PARKS.encode(), "a.geojson")):
        data = {"file": (io.BytesIO(content), called), "municipality": "901", "layer": name}
        answer = engineer("POST", "/api/v1/import-profiles/proposals", data=data, **FORMS)
        assert answer.status_code == 422, answer.text
        assert SECRET not in answer.text
        assert str(place / "a") not in answer.text


@pytest.mark.parametrize("form", NAMES.values(), ids=NAMES)
def test_what_is_read_and_written_is_named_by_the_service_alone(engineer: Any, place: Path, form: str) -> None:
    name = named(form, place)
    asked = {"municipality_code": "901", "format": "csv"}
    for member in ({"format": name}, {"classes": [name]}, {"district": name}, {"municipality_code": name}):
        answer = engineer("POST", "/api/v1/exports", json={**asked, **member}, headers={"Prefer": "wait=30"})
        assert answer.status_code in (403, 422), answer.text
        assert SECRET not in answer.text
    assert sent(engineer, PARKS.encode(), "a.csv", profile=name).status_code == 422
    profile = {"name": name, "title": "x", "source_system": "x", "format": "csv", "targets": []}
    kept = engineer("POST", "/api/v1/import-profiles", json={"municipality_code": "901", "document": profile})
    assert kept.status_code == 422


TEMPLATES = ("..", "../..", "....//", "..%2f..", "..%5c..", "%2e%2e", ".%00./", "/", "//")
ROOTS = ("/static", "/api/v1/import-profiles/shipped", "/api/v1/reports", "/api/v1/asset-classes", "/ogc/collections")


@pytest.mark.parametrize("upwards", TEMPLATES)
@pytest.mark.parametrize("root", ROOTS)
def test_no_address_leads_to_a_file_of_the_service(engineer: Any, root: str, upwards: str) -> None:
    for file in ("settings.py", "en.json", "etc/passwd", ".env", "tampere_playgrounds.yaml"):
        answer = engineer("GET", f"{root}/{upwards}/{file}")
        assert answer.status_code in (308, 400, 404), (answer.status_code, answer.text[:200])
        assert "root:" not in answer.text
        assert "import" not in answer.text.partition("\n")[0]
