"""The targets of a proposed profile: a class or several by rule, and the conditions of their assets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.keys import Key
from service.importers.proposals.matching import Match, Matches
from service.importers.proposals.notes import LIKELY, Note, listed, note
from service.importers.proposals.proposal import ATTRIBUTE, NO_CLASS, ColumnUse, ProposedTarget
from service.importers.proposals.value_rules import value_rule
from service.importers.proposals.vocabulary import DISTRICT
from service.queries.import_targets import TARGETS

if TYPE_CHECKING:
    from service.importers.proposals.propose import Understood

COMMON = "park"
MEASURED = ("pci", "oci", "iri", "mittaus", "measured")


def proposed_targets(known: Understood) -> tuple[ProposedTarget, ...]:
    """Return the targets of a profile, the assets before their conditions."""
    targets = [_asset_target(known, code, values) for code, values in known.classes.items()]
    if known.condition is not None and DISTRICT not in known.classes:
        targets.append(_condition_target(known))
    return tuple(targets)


def _asset_target(known: Understood, code: str, values: list[str] | None) -> ProposedTarget:
    document: dict[str, Any] = _key(known.key, of_asset=False)
    if values is not None:
        document["where"] = [{"column": known.guess.rule_column, "within": values}]
    uses = {
        attribute: _use(code, match, known.matches[code], known.columns[match.column], known.sample.is_whole)
        for attribute, match in known.matches[code].chosen.items()
    }
    uses |= {name: _said_use(name, known.said[name]) for name in _said_attributes(known, code) if name not in uses}
    mappings = {attribute: rule for attribute, (rule, _) in uses.items()}
    return ProposedTarget(
        target=code,
        document=document,
        values=_in_order(code, mappings),
        uses={attribute: use for attribute, (_, use) in uses.items()},
        notes=_class_notes(known, code),
        key_notes=(*known.key.notes, *_others(known.key)),
    )


def _use(
    code: str, match: Match, matches: Matches, facts: ColumnFacts, is_whole: bool
) -> tuple[dict[str, Any], ColumnUse]:
    target = COMMON if code == NO_CLASS else code
    rule = value_rule(target, TARGETS[target].fields[match.attribute], facts, is_whole=is_whole)
    why = note("by_values") if match.by_values else note("by_heading")
    others = matches.alternatives(match.attribute)
    notes = (why, *rule.notes, *((note("or_column", columns=listed(others)),) if others else ()))
    samples = tuple(facts.samples())
    use = ColumnUse(match.column, ATTRIBUTE, match.attribute, match.score, notes, tuple(others), samples)
    return rule.mapping, use


def _said_attributes(known: Understood, code: str) -> list[str]:
    return [name for name in known.said if code != NO_CLASS and name in TARGETS[code].fields]


def _said_use(attribute: str, name: str) -> tuple[dict[str, Any], ColumnUse]:
    """Return the value that a file's name says of every row."""
    use = ColumnUse("", ATTRIBUTE, attribute, LIKELY, (note("said_by_name", name=name),))
    return {"constant": True}, use


def _in_order(code: str, mappings: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the values in the order of the class's attributes; a district without a code has its name for one."""
    fields = TARGETS[COMMON if code == NO_CLASS else code].fields
    ordered = {name: mappings[name] for name in fields if name in mappings}
    if code == DISTRICT and "district_code" not in ordered and "name_fi" in ordered:
        ordered = {"district_code": {"column": ordered["name_fi"]["column"]}, **ordered}
    return ordered


def _key(key: Key, *, of_asset: bool) -> dict[str, Any]:
    if key.hashed:
        return {"hashed_key": list(key.columns)}
    return {"asset_key" if of_asset else "key": list(key.columns)}


def _others(key: Key) -> tuple[Note, ...]:
    return (note("or_column", columns=listed(list(key.others))),) if key.others else ()


def _class_notes(known: Understood, code: str) -> tuple[Note, ...]:
    if code == NO_CLASS:
        return (note("class_unknown", classes=", ".join(name for name in TARGETS if TARGETS[name].is_asset)),)
    if known.guess.by_value is not None and known.guess.rule_column is not None and len(known.classes) > 1:
        return (note("class_by_rule", column=known.guess.rule_column),)
    others = [name for name, score in known.guess.ranked[:4] if name != code and score >= 1]
    if not known.guess.ranked or known.guess.ranked[0][0] != code:
        return (note("class_told"),)
    if known.guess.decided is None:
        others = others or [name for name in TARGETS if TARGETS[name].is_asset and name != code]
        return (note("class_not_sure", classes=", ".join(others)), *known.guess.notes)
    return (*known.guess.notes, note("class_alternatives", classes=", ".join(others))) if others else known.guess.notes


def _condition_target(known: Understood) -> ProposedTarget:
    condition = known.condition
    if condition is None:
        raise ValueError("there is no column of conditions")
    where: list[dict[str, Any]] = [{"column": condition.column, "not_within": [None, *condition.unknown]}]
    if len(known.classes) > 1:
        named = [value for values in known.classes.values() for value in values or []]
        where.append({"column": known.guess.rule_column, "within": named})
    heading = "".join(known.columns[condition.column].heading.tokens)
    method = "measured" if any(word in heading for word in MEASURED) else "visual"
    values = {
        "assessed_on": condition.assessed_on,
        "scale_code": {"constant": condition.scale_code},
        "value_given": condition.value,
        "method": {"constant": method},
    }
    document = {**_key(known.key, of_asset=True), "where": where}
    notes = (note("condition", column=condition.column), *condition.notes)
    return ProposedTarget("condition_assessment", document, values, notes=notes)
