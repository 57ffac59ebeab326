"""The codes that reports and explanations hand to the catalogues are read from the source, so that none is missed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import service
from service.catalogues import has_text
from service.engine.curves import CurveKind
from service.engine.explain_condition import _CURVE_PARAMETERS
from service.engine.explain_methods import _LINE_FORMULAS
from service.engine.retention import RetentionMode
from service.engine.value import ReplacementCostBasis
from service.queries.report_rows import GROUP_COLUMNS
from service.reports.as_html import _CARDS

_CARD_NAMES = {name for cards in _CARDS.values() for name in cards}
ROOT = Path(service.__file__).parent
EXPLAINING = [*(ROOT / "engine").glob("explain*.py"), ROOT / "operations" / "explanation.py"]
_CURVES = [kind.name.lower() for kind in CurveKind]
_PRICED = ["measure_unit_cost", "measure_share"]
# What may stand in the place of the value in a formula's f-string.
ENDINGS = {
    "effective_age_": _CURVES,
    "condition_assessed_": _CURVES,
    "condition_age_": _CURVES,
    "replacement_cost_": [basis.name.lower() for basis in ReplacementCostBasis],
    "repair_backlog_": ["none", "basic_repair", "improvement", *_PRICED],
    "repair_liability_": _PRICED,
    "retained_share_": [mode.name.lower() for mode in RetentionMode],
}


def _calls(files: list[Path], *names: str) -> Iterator[ast.Call]:
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _beginning(node: ast.expr) -> str | None:
    return next(_constants(node.values[0])) if isinstance(node, ast.JoinedStr) else None


def _formulas() -> set[str]:
    codes = set(_LINE_FORMULAS.values())
    for call in _calls(EXPLAINING, "Step"):
        beginning = _beginning(call.args[0])
        codes |= set(_constants(call.args[0]))
        codes |= {beginning + ending for ending in ENDINGS[beginning]} if beginning else set()
    return codes


def _quantities() -> set[str]:
    codes = {name for parameters in _CURVE_PARAMETERS.values() for name, _ in parameters}
    for call in _calls(EXPLAINING, "quantity", "Quantity", "amount", "_amount", "_money"):
        for argument in call.args[:2]:
            beginning = _beginning(argument)
            codes |= {beginning.rstrip("_")} if beginning else set(_constants(argument))
    return codes


def _units() -> set[str]:
    calls = _calls(EXPLAINING, "quantity", "Quantity")
    return {unit for call in calls for argument in call.args[2:] for unit in _constants(argument)} | {"eur"}


def _without_text(language: str, group: str, codes: set[str]) -> list[str]:
    assert codes
    return sorted(code for code in codes if not has_text(language, f"{group}.{code}"))


def test_every_formula_is_told_in_words(language: str) -> None:
    formulas = _formulas()
    assert {"age", "condition_assessed_weibull", "repair_backlog_none", "retained_share_not_assessed"} <= formulas
    assert _without_text(language, "formula", formulas) == []


def test_every_quantity_of_an_explanation_is_named(language: str) -> None:
    quantities = _quantities()
    assert {"cost_share", "point_age", "wearing_share", "technical_value", "replacement_cost"} <= quantities
    assert _without_text(language, "quantity", quantities) == []


def test_every_unit_of_an_explanation_is_named(language: str) -> None:
    assert _without_text(language, "unit", _units()) == []


def test_every_column_of_a_report_has_a_heading(language: str) -> None:
    calls = _calls(list((ROOT / "reports").glob("*.py")), "ReportColumn")
    columns = {name for call in calls for name in _constants(call.args[0])}
    assert {"asset_count", "count_share", "first_deficit_year", "district_name"} <= columns
    assert _without_text(language, "column", columns.union(GROUP_COLUMNS, _CARD_NAMES)) == []


def test_every_report_and_its_tables_and_cards_have_their_texts(language: str) -> None:
    files = list((ROOT / "reports").glob("*.py"))
    tables = {f"table.{name}" for call in _calls(files, "ReportTable") for name in _constants(call.args[0])}
    reports = {name for call in _calls(files, "Report") for word in call.keywords for name in _constants(word.value)}
    assert {"backlog", "service-need", "portfolio", "funding"} <= reports
    charts = {f"chart.{name}" for call in _calls(files, "ReportChart") for name in _constants(call.args[0])}
    assert "chart.decades" in charts
    tables |= charts
    texts = {f"{name}.{part}" for name in reports for part in ("title", "introduction")}
    assert _without_text(language, "report", tables | texts | {f"note.{name}" for name in _CARD_NAMES}) == []


def test_every_text_asked_for_by_its_whole_key_is_there(language: str) -> None:
    files = [file for file in ROOT.rglob("*.py") if "from service.catalogues import" in file.read_text("utf-8")]
    calls = [*_calls(files, "text"), *_calls(files, "translate")]
    keys = {key for call in calls for argument in call.args[:2] for key in _constants(argument) if "." in key}
    for template in ROOT.rglob("templates/*.html"):
        keys |= set(re.findall(r"""\bt\(["']([\w.-]+\w)["']\s*[,)]""", template.read_text("utf-8")))
    assert {"report.total", "report.statement.method_text", "report.input_hash"} <= keys
    assert sorted(key for key in keys if not has_text(language, key)) == []
