"""Styles of layers as QGIS keeps them in a GeoPackage: by condition class, and by repair backlog."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from service.catalogues import text

POINT, LINE, AREA = "POINT", "LINESTRING", "POLYGON"
BACKLOG_STEPS = (10_000, 50_000, 200_000, 1_000_000)

# Class k is the index above (k − 1)/5 up to k/5.
_CONDITION = 'CASE WHEN "condition_index" IS NULL THEN 0 ELSE max(1, ceil(round("condition_index" * 5, 9))) END'
_CONDITION_COLOURS = {5: "#1a9641", 4: "#86cb66", 3: "#f2c637", 2: "#f07f34", 1: "#c4161c"}
_BACKLOG_COLOURS = ("#c9d3dc", "#fde0a6", "#fbb35e", "#f07f34", "#d7301f", "#7f0000")
_UNKNOWN_COLOUR = "#8c96a0"
_NUMBERS = {POINT: 0, LINE: 1, AREA: 2}
_KINDS = {POINT: "marker", LINE: "line", AREA: "fill"}


@dataclass(frozen=True)
class Category:
    """One value of a style: what it is called, and its colour."""

    value: int
    label: str
    colour: str


@dataclass(frozen=True)
class Style:
    """A style of a layer, as QML."""

    name: str
    qml: str


def layer_styles(family: str, language: str) -> tuple[Style, ...]:
    """Return the styles of a layer of points, lines or areas, the one that it opens with first."""
    return (
        Style(text(language, "export.style.condition"), _qml(_CONDITION, _conditions(language), family)),
        Style(text(language, "export.style.backlog"), _qml(_backlog_expression(), _backlogs(language), family)),
    )


def _conditions(language: str) -> list[Category]:
    return [
        *(
            Category(
                number,
                text(
                    language,
                    "export.style.condition_class",
                    number=number,
                    name=text(language, f"condition_class.{number}"),
                ),
                colour,
            )
            for number, colour in _CONDITION_COLOURS.items()
        ),
        Category(0, text(language, "export.style.not_valued"), _UNKNOWN_COLOUR),
    ]


def _backlog_expression() -> str:
    steps = " ".join(f'WHEN "repair_backlog_eur" <= {most} THEN {n}' for n, most in enumerate((0, *BACKLOG_STEPS), 1))
    return f'CASE WHEN "repair_backlog_eur" IS NULL THEN 0 {steps} ELSE {len(BACKLOG_STEPS) + 2} END'


def _backlogs(language: str) -> list[Category]:
    labels = [
        text(language, "export.style.no_backlog"),
        *(text(language, "export.style.backlog_up_to", most=_grouped(most, language)) for most in BACKLOG_STEPS),
        text(language, "export.style.backlog_above", least=_grouped(BACKLOG_STEPS[-1], language)),
    ]
    found = [Category(n, *each) for n, each in enumerate(zip(labels, _BACKLOG_COLOURS, strict=True), 1)]
    return [*reversed(found), Category(0, text(language, "export.style.not_valued"), _UNKNOWN_COLOUR)]


def _grouped(number: int, language: str) -> str:
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\u00a0")


def _qml(expression: str, categories: list[Category], family: str) -> str:
    listed = "".join(
        f'<category render="true" value="{each.value}" label={quoteattr(each.label)} symbol="{place}"/>'
        for place, each in enumerate(categories)
    )
    symbols = "".join(_symbol(place, each.colour, family) for place, each in enumerate(categories))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        '<qgis version="3.22.0" styleCategories="Symbology">'
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(expression)} symbollevels="0" enableorderby="0"'
        f' forceraster="0"><categories>{listed}</categories><symbols>{symbols}</symbols></renderer-v2>'
        f"<layerGeometryType>{_NUMBERS[family]}</layerGeometryType></qgis>"
    )


def _symbol(place: int, colour: str, family: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    layers = {
        POINT: ("SimpleMarker", {"name": "circle", "size": "2.4", "outline_color": "255,255,255,255"}),
        LINE: ("SimpleLine", {"line_width": "0.9", "capstyle": "round", "joinstyle": "round"}),
        AREA: ("SimpleFill", {"outline_color": "60,70,80,255", "outline_width": "0.2", "style": "solid"}),
    }
    kind, look = layers[family]
    look = {("line_color" if family == LINE else "color"): f"{red},{green},{blue},255", **look}
    told = "".join(f'<prop k="{name}" v="{value}"/>' for name, value in look.items())
    return (
        f'<symbol type="{_KINDS[family]}" name="{place}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{kind}" enabled="1" locked="0" pass="0">{told}</layer></symbol>'
    )
