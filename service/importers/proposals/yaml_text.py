"""A proposal as YAML that a person edits: each line with how sure it is and why, what is not used at the end."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from service.catalogues import text
from service.importers.proposals.notes import Note, certainty
from service.importers.proposals.proposal import EMPTY, PERSONAL, UNMAPPED, ColumnUse, Proposal, ProposedTarget

WIDTH = 110
WIDEST = 10**6


def proposal_yaml(proposal: Proposal, language: str = "en") -> str:
    """Return a proposed profile as YAML with comments in a language; it reads back as the proposal's document."""
    lines = _comments([text(language, "proposal.edit"), *_sentences(proposal.notes, language)])
    for name, value in proposal.head.items():
        lines += _comments(_sentences(proposal.head_notes.get(name, ()), language))
        lines += _member(name, value)
    lines.append("targets:")
    for target in proposal.targets:
        lines += _target_lines(target, language)
    lines += _unused(proposal.columns, language)
    return "\n".join(lines) + "\n"


def _target_lines(target: ProposedTarget, language: str) -> list[str]:
    lines = _comments(_sentences(target.notes, language), "  ")
    lines.append(f"  - target: {target.target}")
    key_comments = _comments(_sentences(target.key_notes, language), "    ")
    for name, value in target.document.items():
        lines += [*(key_comments if name.endswith("key") else []), *_member(name, value, "    ")]
    if not target.values:
        return [*lines, "    values: {}"]
    lines.append("    values:")
    for name, mapping in target.values.items():
        lines += _comments(_value_sentences(target.uses.get(name), language), "      ")
        lines += _member(name, mapping, "      ")
    return lines


def _value_sentences(use: ColumnUse | None, language: str) -> list[str]:
    if use is None:
        return []
    sure = text(language, f"proposal.{certainty(use.score)}")
    samples = text(language, "proposal.samples", values=", ".join(use.samples)) if use.samples else ""
    return [" ".join(filter(None, [f"{sure}:", *_sentences(use.notes, language), samples]))]


def _unused(columns: Iterable[ColumnUse], language: str) -> list[str]:
    unused = [use for use in columns if use.role in {UNMAPPED, PERSONAL, EMPTY}]
    if not unused:
        return []
    told = [text(language, "proposal.unused")]
    for use in unused:
        about = [*_sentences(use.notes, language), ", ".join(use.samples)]
        told.append(f"  {use.column}: {' '.join(filter(None, about))}")
    return ["", *_comments(told)]


def _sentences(notes: Iterable[Note], language: str) -> list[str]:
    return [each.text(language) for each in notes]


def _comments(sentences: Iterable[str], indent: str = "") -> list[str]:
    """Return sentences as comment lines; a line break in a value of the file stays within its comment."""
    lines: list[str] = []
    for sentence in sentences:
        plain = "".join(letter if letter.isprintable() else " " for letter in sentence)
        margin = " " * (len(plain) - len(plain.lstrip()))
        lines += textwrap.wrap(
            plain.strip(),
            WIDTH - len(indent),
            initial_indent=f"{indent}# {margin}",
            subsequent_indent=f"{indent}#   {margin}",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines


def _member(name: str, value: Any, indent: str = "") -> list[str]:
    """Return a member on one line where it fits, else its mapping line by line."""
    line = f"{indent}{name}: {_flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, Mapping | list):
        return [line]
    block = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=WIDEST)
    return [f"{indent}{name}:", *(f"{indent}  {each}" for each in block.rstrip("\n").split("\n"))]


def _flow(value: Any) -> str:
    dumped: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=WIDEST)
    return dumped.removesuffix("\n").removesuffix("\n...").strip()
