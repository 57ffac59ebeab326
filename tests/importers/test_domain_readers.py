from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from service.importers.proposals.sample import read_sample
from service.importers.read_epanet import read_epanet
from service.importers.read_inframodel import read_inframodel
from service.importers.read_kuntagml import read_kuntagml
from service.importers.read_pandapipes import read_pandapipes
from service.importers.read_swmm import read_swmm
from service.importers.reading import format_of_name
from service.importers.source_table import SourceTable, UnreadableSourceError


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def kinds(table: SourceTable) -> Counter[str]:
    return Counter(table.columns["kind"].tolist())


EPANET = """[TITLE]
Made up
[JUNCTIONS]
;ID Elev
 J1  10
 J2  12  5 ;demand
[RESERVOIRS]
 "R 1"  40
[PIPES]
 P1 J1 J2 100 8 130 0 Open ; to town
 P2 J2 "R 1" 200 6 130 0 CV
 P3 J1 J9 10 6 130
 P4 J1
 P5 J1 J2 long 6 130
 P6 J1 J2 inf 6 130
[PUMPS]
 U1 "R 1" J1 HEAD 1
[VALVES]
 V1 J1 J2 4 PRV 30
[OPTIONS]
 Units {units}
[COORDINATES]
 J1 25496000 6673000
 J2 25496100 6673000
[VERTICES]
 P1 25496050 6673050
"""


@pytest.mark.parametrize(("units", "length", "diameter"), [("GPM", 30.48, 203.2), ("LPS", 100.0, 8.0)])
def test_an_epanet_network_comes_in_metres_and_millimetres_whatever_its_units(
    tmp_path: Path, units: str, length: float, diameter: float
) -> None:
    table = read_epanet(written(tmp_path / "a.inp", EPANET.replace("{units}", units)))
    pipe = table.columns["id"].tolist().index("P1")
    assert (table.columns["length_m"][pipe], table.columns["diameter_mm"][pipe]) == (length, diameter)
    assert table.geometry is not None
    assert shapely.to_wkt(table.geometry[pipe], rounding_precision=0).endswith(
        "(25496000 6673000, 25496050 6673050, 25496100 6673000)"
    )
    assert units in table.assumptions["units"]


def test_what_is_wrong_in_an_epanet_network_is_told_by_line_and_the_rest_is_read(tmp_path: Path) -> None:
    table = read_epanet(written(tmp_path / "a.inp", EPANET.replace("{units}", "CMH")))
    told = [(fault.row, fault.column, fault.rule) for fault in table.faults]
    assert told == [
        (12, "to_node", "node_missing"),
        (13, None, "field_count"),
        (14, "length_m", "type"),
        (15, "length_m", "type"),
        (None, None, "place_unknown"),
    ]
    assert kinds(table) == {"junctions": 2, "reservoirs": 1, "pipes": 2, "pumps": 1, "valves": 1}
    valve = table.geometry[-1] if table.geometry is not None else None
    assert shapely.to_wkt(valve, rounding_precision=0) == "POINT (25496050 6673000)"


def test_one_kind_of_element_can_be_asked_for_and_others_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.inp", EPANET.replace("{units}", "LPS"))
    assert read_epanet(path, "pipes").columns["id"].tolist() == ["P1", "P2"]
    with pytest.raises(UnreadableSourceError, match="junctions"):
        read_epanet(path, "hydrants")


@pytest.mark.real_data
def test_links_of_a_sewer_model_that_name_missing_nodes_are_told_with_their_lines(shared_data: Path) -> None:
    table = read_swmm(shared_data / "swmm_models" / "invalid_model.inp")
    told = [(fault.row, fault.value, fault.detail.split(" names")[0]) for fault in table.faults]
    assert told == [
        (111, "NonExistantNode2 and NonExistantNode1", "The link InvalidLink2"),
        (112, "NonExistantNode1", "The link InvalidLink1"),
    ]
    assert kinds(table)["conduits"] == 6


@pytest.mark.real_data
def test_an_alignment_follows_its_curves_and_takes_its_heights_from_the_profile(shared_data: Path) -> None:
    table = read_inframodel(shared_data / "fi_inframodel" / "M3_RS-CL.tg.xml")
    assert (len(table), table.crs, table.columns["state"].tolist()) == (1, "EPSG:3875", ["proposed"])
    assert table.geometry is not None
    coordinates = shapely.get_coordinates(table.geometry, include_z=True)
    assert shapely.length(table.geometry[0]) == pytest.approx(float(table.columns["length"][0]), abs=0.02)
    assert coordinates[[0, -1]] == pytest.approx(
        np.array([[21530239.6836, 6782560.5567, 16.881249], [21531286.4303, 6783089.3051, 19.377]]), abs=1e-4
    )
    # The lowest rounded curve: station 77.65, grades −0.5 % and 2.744 %, length 48.65; its sag lies 0.197 above 16.564.
    station = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(coordinates[:, :2], axis=0).T))])
    assert np.interp(77.651516, station, coordinates[:, 2]) == pytest.approx(16.564087 + 0.1973, abs=0.003)


@pytest.mark.real_data
def test_lighting_columns_keep_their_numbers_codes_and_heights(shared_data: Path) -> None:
    table = read_inframodel(shared_data / "fi_inframodel" / "Lightning_columns.xy.xml")
    assert (len(table), table.crs, set(table.columns["infraCodingDesc"])) == (37, "EPSG:3875", {"Light pole, concrete"})
    assert table.geometry is not None
    assert table.height_system == "N2000"
    assert table.geometry[0].equals(shapely.Point(21530666.426, 6783020.064, 17.4))
    assert table.columns["name"][0] == "3036"


LANDXML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<LandXML xmlns="http://www.inframodel.fi/inframodel"><Units><Metric linearUnit="meter"/></Units>
<CoordinateSystem name="ETRS-GK25" verticalCoordinateSystemName="EVRF2007"/>
<CgPoints name="Pylväät"><CgPoint name="1">6673000 25496000 12.5</CgPoint><CgPoint name="2">x</CgPoint></CgPoints>
<Alignments><Alignment name="A"><CoordGeom><Spiral length="60" radiusStart="INF" radiusEnd="100" rot="cw"
 spiType="clothoid"><Start>6673000 25496000</Start><PI>6673040.2 25496000</PI><End>6673059.4618 25496005.9638</End>
</Spiral></CoordGeom></Alignment>
<Alignment name="C"><CoordGeom><Line><Start>1 nan</Start><End>2 2</End></Line></CoordGeom></Alignment>
<Alignment name="B"><CoordGeom><Spiral spiType="bloss"><Start>1 2</Start></Spiral></CoordGeom></Alignment></Alignments>
</LandXML>"""


def test_heights_of_a_foreign_system_are_left_out_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    table = read_inframodel(written(tmp_path / "a.xml", LANDXML.encode("iso-8859-1")))
    assert (table.crs, table.columns["name"].tolist(), table.columns["group"][0]) == (
        "EPSG:3879",
        ["1", "A"],
        "Pylväät",
    )
    assert table.geometry is not None
    assert not shapely.has_z(table.geometry).any()
    told = [(fault.row, fault.rule, fault.detail) for fault in table.faults]
    assert [each[:2] for each in told] == [(2, "geometry"), (4, "geometry"), (5, "geometry"), (None, "height_system")]
    assert "bloss" in told[2][2]
    assert "EVRF2007" in told[3][2]
    assert shapely.length(table.geometry[1]) == pytest.approx(60, abs=0.02)


def test_things_that_are_not_read_are_counted_and_told(tmp_path: Path) -> None:
    pipes = "<PipeNetworks><PipeNetwork><Pipes><Pipe name='1'/><Pipe name='2'/></Pipes></PipeNetwork></PipeNetworks>"
    surface = (
        "<Surfaces><Surface name='TIN'><Definition><Pnts><P id='1'>1 2 3</P></Pnts></Definition></Surface></Surfaces>"
    )
    text = LANDXML.replace("</LandXML>", f"{pipes}{surface}</LandXML>")
    table = read_inframodel(written(tmp_path / "a.xml", text.encode("iso-8859-1")))
    assert [fault.detail for fault in table.faults if fault.rule == "not_read"] == [
        "Alignments and points are read; of other things the file has 2 Pipe, 1 Surface, which are not."
    ]


@pytest.mark.real_data
def test_buildings_of_kuntagml_have_a_place_whichever_axis_comes_first_and_no_owner(shared_data: Path) -> None:
    folder = shared_data / "fi_kuntagml_building"
    older, newer = (next(read_kuntagml(folder / f"building-{version}.xml")) for version in ("2.1.2", "2.2.0"))
    assert (older.crs, newer.crs) == ("EPSG:3067", "EPSG:3879")
    assert older.geometry is not None
    assert newer.geometry is not None
    assert [round(older.geometry[0].x), round(older.geometry[0].y)] == [422302, 6699097]
    assert [round(newer.geometry[0].x), round(newer.geometry[0].y)] == [25505521, 6698559]
    assert newer.columns["osoite"].tolist() == ["Vehkalantie 2–3 a–b", "Kyllikintie 3–5"]
    everything = repr([table.columns for table in (older, newer)])
    assert "Testaaja" not in everything
    assert "120172" not in everything


KUNTAGML = """<r:R xmlns:r="http://www.paikkatietopalvelu.fi/gml/rakennusvalvonta"><r:ValmisRakennus><r:rakennustieto>
<r:Rakennus><yksilointitieto>1</yksilointitieto><sijaintitieto><Sijainti><alue><Polygon srsName="{crs}"><exterior>
<LinearRing><posList>60.1 25.0 60.1 25.1 60.2 25.1 60.1 25.0</posList></LinearRing></exterior></Polygon></alue>
</Sijainti></sijaintitieto><rakennuksenTiedot><osoite><osoitenimi><teksti xml:lang="sv">Skolvägen</teksti>
<teksti xml:lang="fi">Koulutie</teksti></osoitenimi><osoitenumero>4</osoitenumero></osoite></rakennuksenTiedot>
</r:Rakennus></r:rakennustieto></r:ValmisRakennus></r:R>"""


def test_a_footprint_and_both_languages_of_an_address_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gml", KUNTAGML.replace("{crs}", "http://www.opengis.net/gml/srs/epsg.xml#4326"))
    table = next(read_kuntagml(path))
    assert table.crs == "EPSG:4326"
    assert table.geometry is not None
    assert table.geometry[0].bounds == (25.0, 60.1, 25.1, 60.2)
    assert (table.columns["osoite"][0], table.columns["osoite_sv"][0]) == ("Koulutie 4", "Skolvägen 4")


@pytest.mark.real_data
def test_pipes_and_consumers_of_a_heat_network_are_read_as_plain_json(shared_data: Path) -> None:
    table = read_pandapipes(shared_data / "heat_gas_networks" / "sw_heat.json")
    counted = kinds(table)
    assert (counted["junction"], counted["pipe"], counted["heat_consumer"]) == (488, 482, 44)
    first = table.columns["kind"].tolist().index("pipe")
    assert (table.columns["from_node"][first], table.columns["to_node"][first]) == ("33", "318")
    assert table.geometry is not None
    assert table.geometry[first].coords[0] == (3416947.623, 5369956.614)


DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><LandXML>&e;</LandXML>'
BROKEN_TABLE = b'{"_class": "pandapipesNet", "_object": {"pipe": {"orient": "split", "_object": "[]"}}}'


@pytest.mark.parametrize(
    ("read", "content", "rule"),
    [
        (read_epanet, b"", "file_empty"),
        (read_epanet, b"[PIPES]\n\x00", "wrong_format"),
        (read_epanet, b"just text", "wrong_format"),
        (read_epanet, b"[CONDUITS]\n[PIPES]\n", "wrong_format"),
        (read_epanet, b"[PIPES]\n[OPTIONS]\nUNITS stones\n", "units"),
        (read_swmm, b"[PIPES]\n", "wrong_format"),
        (read_swmm, b"[CONDUITS]\n[OPTIONS]\nFLOW_UNITS stones\n", "units"),
        (read_pandapipes, b'{"_class": "pandapipesNet"}', "wrong_format"),
        (read_pandapipes, BROKEN_TABLE, "wrong_format"),
        (read_pandapipes, b'{"_class": ', "broken_json"),
        (read_inframodel, DTD, "xml_dtd"),
        (read_inframodel, b"<LandXML><Units>", "broken_xml"),
        (read_inframodel, b"<html></html>", "wrong_format"),
        (read_inframodel, b"<LandXML><Units><Imperial linearUnit='foot'/></Units></LandXML>", "units"),
        (lambda path: next(read_kuntagml(path)), b"<a><b/></a>", "wrong_format"),
        (lambda path: next(read_kuntagml(path)), b"<a>" * 1000, "wrong_format"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_its_profile_says_is_named_as_such(
    tmp_path: Path, read: object, content: bytes, rule: str
) -> None:
    name = "a.json" if read is read_pandapipes else "a.xml" if content.startswith(b"<") else "a.inp"
    with pytest.raises(UnreadableSourceError) as refused:
        read(written(tmp_path / name, content))  # type: ignore[operator]
    assert [fault.rule for fault in refused.value.faults] == [rule]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "form", "layer"),
    [
        ("epanet_networks/Net1.inp", "epanet", "pipes"),
        ("swmm_models/Example1.inp", "swmm", "conduits"),
        ("heat_gas_networks/gas_net_schutterwald_1bar.json", "pandapipes", "pipe"),
        ("fi_inframodel/M3_RS-CL.tg.xml", "inframodel", "alignments"),
        ("fi_kuntagml_building/building-2.2.0.xml", "kuntagml", None),
        ("fi_helsinki_areas/helsinki_postal_areas_2023.geojson", "vector", None),
    ],
)
def test_a_file_tells_by_its_first_bytes_which_format_it_is_of(
    shared_data: Path, file: str, form: str, layer: str | None
) -> None:
    assert format_of_name(shared_data / file) == form
    assert read_sample(shared_data / file).layer == layer
