"""Profiles proposed for files that nobody has described: what they say, and that they import as they stand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.catalogues import LANGUAGES
from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import InvalidProfile, load_profile, parse_profile
from service.importers.proposals.proposal import NO_CLASS, Proposal
from service.importers.proposals.propose import ProposalTerms, propose_profile
from service.importers.proposals.yaml_text import proposal_yaml
from service.importers.source_table import UnreadableSourceError

TRIALS = Path(__file__).with_name("trials")
WATER_MAINS = (TRIALS / "Vesijohdot_Kauniainen.csv").read_text("utf-8")
MANHOLES = (TRIALS / "Brunnar_Esbo.csv").read_text("utf-8")
SEVERAL_CLASSES = (TRIALS / "export_20240101.csv").read_text("utf-8")
NO_IDS = (TRIALS / "viheralueet.csv").read_text("utf-8")
LAMP_KINDS, LAMP_POWERS = ("LED", "SpNa", "Monimetalli"), (35, 70, 150)
# Files of the profiles that come with the service, for which a target of assets or districts is proposed.
REAL = {
    "tampere_playgrounds": "fi_playgrounds_tampere_oulu/tampere_leikkipaikat.geojson",
    "oulu_playgrounds": "fi_playgrounds_tampere_oulu/oulu_leikkipaikat.gpkg",
    "ryhti_buildings": "fi_ryhti_buildings/ryhti_open_building_points.geojson",
    "digiroad_links": "fi_digiroad_links/hsl_digiroad_fixup.gpkg",
    "sandiego_pavement": "us_sandiego_pavement_2015/oci_2015_datasd.csv",
    "kitchener_water_mains": "ca_kitchener_water/Water_Mains.csv",
    "helsinki_districts": "fi_helsinki_areas/helsinki_city_districts_2021.gpkg",
    "helsinki_postal_areas": "fi_helsinki_areas/helsinki_postal_areas_2023.geojson",
}
REPRODUCED = 0.9


def write_lamps(path: Path) -> Path:
    """Write a workbook whose second sheet, below a title, holds lamps; 1 is the best condition, as newer lamps show."""
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].title = "Ohje"
    sheet = workbook.create_sheet("Valaisimet")
    sheet.append(["Katuvalorekisteri"])
    sheet.append([])
    heading = "Pylväs ID;Katu;Valaisintyyppi;Teho (W);Pylväskorkeus (m);Pylväsmateriaali;Asennuspvm;Kunto;X;Y"
    sheet.append(heading.split(";"))
    for i in range(30):
        lamp = [LAMP_KINDS[i % 3], LAMP_POWERS[i % 3], 8, "Teräs", dt.date(1970 + i, 5, 1), 5 - i // 7]
        sheet.append([f"P{i:03}", "Torikatu", *lamp, 6674100 + i, 25484000 + i])
    workbook.create_sheet("Keskukset").append(["Keskus", "Nimi"])
    workbook.save(path)
    return path


def proposed(folder: Path, name: str, content: str, **terms: Any) -> Proposal:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return propose_profile(path, ProposalTerms(**terms))


def columns_of(proposal: Proposal, target: int = 0) -> dict[str, str]:
    return {name: mapping["column"] for name, mapping in proposal.targets[target].values.items() if "column" in mapping}


def test_a_finnish_table_below_title_lines_is_understood(tmp_path: Path) -> None:
    found = proposed(tmp_path, "Vesijohdot_Kauniainen.csv", WATER_MAINS)
    pipes, condition = found.document["targets"]
    layout = {"separator": ";", "title_lines": 3, "decimal_comma": True}
    assert found.document["csv"] == {"encoding": found.document["csv"]["encoding"], **layout}
    assert found.document["unknown"] == ["#ei tietoa", "ei tietoa"]
    assert (pipes["target"], pipes["key"]) == ("water_main", ["JohtoNro"])
    assert pipes["values"] == {
        "built_year": {"column": "Asennusvuosi", "capture": r"((?:1[2-9]|20)\d\d)", "unknown": ["0"]},
        "renewed_year": {"column": "Saneerattu"},
        "length_m": {"column": "Pituus, m"},
        "material": {
            "column": "Materiaali",
            "codes": {
                "PEH": "pe",
                "VR": "cast_iron",
                "SG": "ductile_iron",
                "PVC": "pvc",
                "AS": "asbestos_cement",
            },
        },
        "nominal_diameter_mm": {"column": "Halkaisija (mm)"},
        "pressure_zone": {"column": "Painepiiri"},
    }
    assert condition["where"] == [{"column": "Kuntoluokka", "not_within": [None, "-1"]}]
    assert condition["values"]["scale_code"] == {"constant": "fi_1_5"}
    assert condition["values"]["assessed_on"]["date_format"] == "%d.%m.%Y"


def test_a_swedish_table_is_understood_and_personal_data_are_left_out(tmp_path: Path) -> None:
    found = proposed(tmp_path, "Brunnar_Esbo.csv", MANHOLES)
    assert found.targets[0].target == "manhole"
    assert found.document["geometry"] == {"x": "E", "y": "N", "crs": "EPSG:3879"}
    assert found.targets[0].values["serves_network"]["codes"] == {"Dagvatten": "stormwater", "Spillvatten": "sewer"}
    assert {"depth_m": "Djup", "cover_level_m": "Lockets höjd"}.items() <= columns_of(found).items()
    assert found.targets[1].values["value_given"]["codes"] == {"Bra": "4", "Nöjaktig": "3", "Dålig": "1"}
    assert found.targets[1].values["assessed_on"]["suffix"] == "-12-31"
    personal = [use for use in found.columns if use.role == "personal"]
    assert [use.column for use in personal] == ["Ändrad av", "Kontakt"]
    assert "anna" not in proposal_yaml(found).lower()


def test_a_workbook_is_read_from_the_sheet_that_holds_it_and_a_scale_by_the_age_of_the_assets(tmp_path: Path) -> None:
    found = propose_profile(write_lamps(tmp_path / "katuvalot.xlsx"))
    assert (found.document["layer"], found.document["csv"]) == ("Valaisimet", {"title_lines": 2})
    assert found.other_layers == ("Keskukset",)
    lamps, condition = found.document["targets"]
    assert lamps["target"] == "lighting_column"
    assert lamps["values"]["lamp_type"]["codes"] == {
        "LED": "led",
        "SpNa": "high_pressure_sodium",
        "Monimetalli": "metal_halide",
    }
    assert lamps["values"]["built_year"] == {"column": "Asennuspvm", "part": "year"}
    assert condition["values"]["scale_code"] == {"constant": "suomen_kuntotekniikka_1_5"}


def test_several_classes_of_one_file_are_told_apart_by_a_column(tmp_path: Path) -> None:
    found = proposed(tmp_path, "export_20240101.csv", SEVERAL_CLASSES)
    rules = {each["target"]: each["where"] for each in found.document["targets"]}
    assert rules == {
        "playground": [{"column": "kohdetyyppi", "within": ["Leikkipaikka"]}],
        "park": [{"column": "kohdetyyppi", "within": ["Puisto"]}],
        "quay": [{"column": "kohdetyyppi", "within": ["Venelaituri"]}],
    }
    assert found.document["municipality"] == {"column": "kunta", "style": "code"}
    assert {use.column: use.role for use in found.columns}["LINKKI"] == "unmapped"


def test_without_ids_the_place_and_the_name_make_them_and_numbers_before_words_tell_the_scale(tmp_path: Path) -> None:
    found = proposed(tmp_path, "viheralueet.csv", NO_IDS)
    parks, condition = found.document["targets"]
    assert (parks["target"], parks["hashed_key"], condition["hashed_key"]) == ("park", ["nimi"], ["nimi"])
    assert found.document["geometry"] == {"wkt": "wkt", "crs": "EPSG:3067"}
    assert condition["values"]["scale_code"] == {"constant": "suomen_kuntotekniikka_1_5"}


def test_a_class_that_cannot_be_told_is_the_one_thing_to_edit(tmp_path: Path) -> None:
    found = proposed(tmp_path, "x.csv", "id;nimi;vuosi\n1;Eka;1990\n2;Toka;1991\n")
    assert not found.is_complete
    with pytest.raises(InvalidProfile) as refused:
        parse_profile(proposal_yaml(found))
    assert [fault.pointer for fault in refused.value.faults] == ["/targets/0/target"]
    assert parse_profile(proposal_yaml(found).replace(f"target: {NO_CLASS}", "target: bridge"))
    told = proposed(tmp_path, "x.csv", "id;nimi;vuosi\n1;Eka;1990\n2;Toka;1991\n", asset_class="bridge")
    assert told.is_complete


def test_where_no_column_is_a_key_the_fewest_that_tell_rows_apart_make_one(tmp_path: Path) -> None:
    """Rows at one place differ by plug or by power, never by owner; two are alike in all."""
    rows = ["22;2;Type 2;A;6711000;23450000", "50;2;CCS;A;6711000;23450000", "22;2;CCS;A;6711000;23450000"]
    content = "\n".join(["Teho (kW);Määrä;Pistoke;Omistaja;N;E", *rows, rows[0], "22;2;Type 2;B;6711900;23450900"])
    found = proposed(tmp_path, "Latauspisteet.csv", content)
    [target] = found.document["targets"]
    assert (target["target"], set(target["hashed_key"])) == ("parking_facility", {"Teho (kW)", "Pistoke"})
    assert target["values"]["charging_points"] == {"column": "Määrä"}


def test_a_class_that_only_a_heading_hints_at_is_to_be_checked(tmp_path: Path) -> None:
    found = proposed(tmp_path, "x.csv", "id;osoite;paikkoja\n1;Katu 1;4\n2;Katu 2;5\n")
    assert found.targets[0].target == "parking_facility"
    assert found.targets[0].notes[0].code == "class_by_heading"
    hinted = proposed(tmp_path, "x.csv", "id;osoite;teho\n1;Katu 1;4\n2;Katu 2;5\n")
    assert "PLEASE CHECK" in proposal_yaml(hinted, "en")
    assert not proposed(tmp_path, "x.csv", "id;osoite\n1;Katu 1\n2;Katu 2\n").is_complete


def test_a_number_that_is_merely_wrong_is_not_taken_as_unknown(tmp_path: Path) -> None:
    rows = "\n".join(f"{n};Puisto {n};{area}" for n, area in enumerate((12000, 5000, -4, -1, -9, 7000)))
    found = proposed(tmp_path, "puistot.csv", f"tunnus;nimi;pinta-ala m2\n{rows}\n")
    assert found.targets[0].values["area_m2"] == {"column": "pinta-ala m2", "unknown": ["-9", "-1"]}


def test_what_a_name_says_of_all_rows_is_a_value_of_each(tmp_path: Path) -> None:
    found = proposed(tmp_path, "pyorapysakointi.csv", "id;nimi;paikkoja\n1;Asema;40\n2;Tori;20\n")
    assert found.document["targets"][0]["values"]["is_for_bicycles"] == {"constant": True}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proposal_reads_back_as_its_document_in_every_language(tmp_path: Path, language: str) -> None:
    for content in (WATER_MAINS, MANHOLES, SEVERAL_CLASSES, NO_IDS):
        found = proposed(tmp_path, "kaivot.csv", content)
        assert yaml.safe_load(proposal_yaml(found, language)) == found.document


def test_proposed_profiles_import_as_they_stand(database: Database, tmp_path: Path) -> None:
    expected = {"water_main": 6, "condition_assessment": 5}
    assert counts(database, tmp_path, "vesijohdot.csv", WATER_MAINS) == expected
    assert counts(database, tmp_path, "brunnar.csv", MANHOLES) == {"manhole": 3, "condition_assessment": 3}
    assert counts(database, tmp_path, "puistot.csv", NO_IDS) == {"park": 3, "condition_assessment": 3}
    with_classes = {"playground": 1, "park": 1, "quay": 1}
    assert counts(database, tmp_path, "export.csv", SEVERAL_CLASSES, municipality_code=None) == with_classes
    lamps = write_lamps(tmp_path / "katuvalot.xlsx")
    profile = parse_profile(proposal_yaml(propose_profile(lamps)))
    report = import_file(database, lamps, profile, "999", changed_by="tester", dry_run=True)
    assert (report.errors, report.targets["lighting_column"].added) == ([], 30)


def counts(database: Database, folder: Path, name: str, content: str, **options: Any) -> dict[str, int]:
    profile = parse_profile(proposal_yaml(proposed(folder, name, content)))
    options = {"municipality_code": "999", **options}
    report = import_file(database, folder / name, profile, changed_by="tester", dry_run=True, **options)
    assert report.errors == []
    return {target: each.added for target, each in report.targets.items()}


@pytest.mark.real_data
def test_proposals_reproduce_most_of_the_profiles_that_people_wrote_for_real_registers(shared_data: Path) -> None:
    written: set[tuple[str, str, str]] = set()
    found: set[tuple[str, str, str]] = set()
    for name, file in REAL.items():
        profile, proposal = load_profile(name), propose_profile(shared_data / file)
        assert proposal.targets[0].target == profile.targets[0].target, name
        mine = parse_profile(proposal_yaml(proposal))
        for values, into in ((profile, written), (mine, found)):
            into |= {
                (name, attribute, column)
                for target in values.targets
                for attribute, value in target.values.items()
                for column in value.source_columns
            }
            into |= {(name, "key", column) for target in values.targets for column in (*target.key, *target.asset_key)}
    assert len(written) > 50
    assert len(written & found) / len(written) >= REPRODUCED, sorted(written - found)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=6))
def test_whatever_a_table_holds_its_proposal_is_yaml_that_reads_back(tmp_path: Path, rows: list[list[str]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    try:
        found = proposed(tmp_path, "puistot.csv", "\n".join(lines))
    except UnreadableSourceError:
        return
    assert yaml.safe_load(proposal_yaml(found, "sv")) == found.document
    assert parse_profile(proposal_yaml(found)).name == "puistot"
