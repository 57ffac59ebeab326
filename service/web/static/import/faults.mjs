// The faults of a check as a table that can be narrowed by severity, rule, column, row and words.
import { el, longTable, option } from "./dom.mjs";
import { number, ruleText, severityText, shown, t } from "./texts.mjs";

const FILE = "\u0000file";
let tables = 0;

const columns = [
  { label: t("import_report.row"), kind: "number", of: (fault) => (fault.row === null ? t("page.import.whole_file") : String(fault.row)) },
  { label: t("import_report.column"), of: (fault) => fault.column },
  { label: t("import_report.value"), of: (fault) => (fault.value === null ? null : shown(fault.value)) },
  { label: t("import_report.severity"), of: (fault) => el("span", { class: `severity-${fault.severity}` }, severityText(fault.severity)) },
  { label: t("import_report.rule"), kind: "long", of: (fault) => ruleText(fault.rule) },
  { label: t("import_report.detail"), kind: "long", of: (fault) => el("span", { lang: "en" }, fault.detail) },
];

const different = (values) => [...new Set(values)].sort((one, other) => one.localeCompare(other));

function choice(id, label, choices, changed) {
  const select = el("select", { id, change: changed }, option("", t("page.import.all")), choices.map(([value, words]) => option(value, words)));
  return { select, field: el("p", {}, el("label", { for: id }, label), select) };
}

function input(id, label, type, changed) {
  const box = el("input", { id, type, input: changed, min: type === "number" ? "1" : null, autocomplete: "off" });
  return { box, field: el("p", {}, el("label", { for: id }, label), box) };
}

function ruleChoices(report) {
  const counts = new Map();
  for (const each of report.rules) counts.set(each.rule, (counts.get(each.rule) ?? 0) + each.count);
  return [...counts].map(([rule, count]) => [rule, `${ruleText(rule)} (${number(count)})`]);
}

function matches(fault, wanted) {
  if (wanted.severity && fault.severity !== wanted.severity) return false;
  if (wanted.rule && fault.rule !== wanted.rule) return false;
  if (wanted.column && (fault.column ?? FILE) !== wanted.column) return false;
  if (wanted.row && String(fault.row) !== wanted.row) return false;
  return !wanted.words || [fault.column, fault.value, fault.detail, ruleText(fault.rule)].join("\n").toLowerCase().includes(wanted.words);
}

export function faultsTable(report) {
  const name = `faults-${++tables}`;
  const place = el("div"), told = el("p", { class: "quiet", role: "status" });
  const faults = [...report.faults].sort((one, other) => (one.row ?? 0) - (other.row ?? 0));
  const found = report.error_count + report.warning_count;
  const changed = () => draw();
  const severity = choice(`${name}-severity`, t("import_report.severity"), ["error", "warning"].map((each) => [each, severityText(each)]), changed);
  const rule = choice(`${name}-rule`, t("import_report.rule"), ruleChoices(report), changed);
  const named = different(faults.map((fault) => fault.column ?? FILE));
  const column = choice(`${name}-column`, t("import_report.column"), named.map((each) => [each, each === FILE ? t("page.import.no_column") : each]), changed);
  const row = input(`${name}-row`, t("import_report.row"), "number", changed);
  const words = input(`${name}-words`, t("page.import.search"), "search", changed);

  function draw() {
    const wanted = { severity: severity.select.value, rule: rule.select.value, column: column.select.value, row: row.box.value, words: words.box.value.toLowerCase() };
    const kept = faults.filter((fault) => matches(fault, wanted));
    told.textContent = t("import_report.first", { listed: number(kept.length), all: number(found) });
    place.replaceChildren(kept.length ? longTable(t("import_report.sheet.faults"), columns, kept) : el("p", {}, t("page.import.none_match")));
  }
  draw();
  return el("div", {}, el("div", { class: "fields" }, severity.field, rule.field, column.field, row.field, words.field), told, place);
}
