"""Faults of an import as lines of text: the first few of each rule, and how many more there are."""

from __future__ import annotations

from collections import Counter, defaultdict

from service.operations.import_report import ImportFault, ImportReport, Severity

SHOWN_OF_RULE = 5


def fault_lines(report: ImportReport) -> list[str]:
    """Return lines for people, errors before warnings; a rule that many rows break is told by its first rows."""
    of_rule: dict[tuple[Severity, str], list[ImportFault]] = defaultdict(list)
    for fault in report.faults:
        of_rule[fault.severity, fault.rule].append(fault)
    beyond = Counter({(severity, rule): count for (rule, severity), count in report.uncounted.items()})
    lines: list[str] = []
    for key in sorted({*of_rule, *beyond}, key=lambda each: each[0] is not Severity.ERROR):
        lines += [_line(fault) for fault in of_rule[key][:SHOWN_OF_RULE]]
        hidden = len(of_rule[key]) + beyond[key] - len(of_rule[key][:SHOWN_OF_RULE])
        lines += [f"    … and {hidden} more of the rule {key[1]}; --faults or --json tells them"] if hidden else []
    return lines


def _line(fault: ImportFault) -> str:
    place = " ".join(filter(None, [f"row {fault.row}" if fault.row else "", fault.column or ""]))
    return f"  {fault.severity}: {place + ': ' if place else ''}{fault.detail}"
