// The check report of an import, or of a dry run: what comes of each class, faults, changes field by field, missing rows.
import { download, problemBox } from "./api.mjs";
import { el, facts, longTable, table } from "./dom.mjs";
import { faultsTable } from "./faults.mjs";
import { attributeName, firstText, number, settings, shown, t, targetName } from "./texts.mjs";

const COUNTS = ["rows", "added", "changed", "unchanged", "faulty", "missing"];
const SEPARATORS = { "\t": "TAB" };

const countColumns = [
  { label: t("import_report.target"), of: ([code]) => targetName(code) },
  ...COUNTS.map((name) => ({ label: t(`import_report.${name}`), kind: "number", of: ([, counts]) => number(counts[name]) })),
];
const changeColumns = [
  { label: t("import_report.target"), of: (change) => targetName(change.target) },
  { label: t("import_report.row"), kind: "number", of: (change) => String(change.row) },
  { label: t("import_report.key"), of: (change) => shown(change.key) },
  { label: t("import_report.attribute"), of: (change) => attributeName(change.attribute) },
  { label: t("import_report.before"), of: (change) => shown(change.before) },
  { label: t("import_report.after"), of: (change) => shown(change.after) },
];
const addedColumns = [changeColumns[0], changeColumns[1], changeColumns[2]];
const missingColumns = [changeColumns[0], changeColumns[2], { label: t("import_report.name"), of: (row) => shown(row.name) }];

function assumed(report) {
  const known = Object.entries(report.assumptions).filter(([, value]) => value !== "");
  return known.map(([name, value]) => [firstText([`page.import.assumed.${name}`], name), assumedValue(value)]);
}

// What is assumed in words that the service knows is told in the reader's language; names and numbers stand as they are.
export function assumedValue(value) {
  const key = `page.import.assumed_value.${value.toLowerCase().replace(/[^a-z]+/g, "_")}`;
  return SEPARATORS[value] ?? firstText([key], value);
}

function told(report) {
  const pairs = [
    [t("import_report.file"), report.file_name],
    [t("import_report.profile"), report.profile],
    [t("import_report.rows_read"), number(report.rows_read)],
    [t("import_report.rows_skipped"), number(report.rows_skipped)],
    ...assumed(report).sort(([, one], [, other]) => one.length - other.length),
  ];
  if (report.unused_columns.length) pairs.push([t("import_report.unused_columns"), report.unused_columns.join(", ")]);
  if (report.conflicts) pairs.push([t("page.import.conflicts"), number(report.conflicts)]);
  return facts(pairs);
}

const sumOf = (report, name) => Object.values(report.targets).reduce((sum, counts) => sum + counts[name], 0);

function listed(key, columns, rows, all) {
  if (!all) return null;
  const title = `${t(`import_report.sheet.${key}`)} (${number(all)})`;
  const note = rows.length < all && key !== "changes" ? el("p", { class: "quiet" }, t("import_report.first", { listed: number(rows.length), all: number(all) })) : null;
  return el("details", { open: key === "changes" }, el("summary", {}, title), note, longTable(title, columns, rows));
}

function downloads(id) {
  const problem = el("div", { role: "alert" });
  const button = (format, label) => el("button", {
    type: "button",
    click: () => {
      problem.replaceChildren();
      download(`/imports/${id}/faults?format=${format}&lang=${settings.language}`).catch((error) => problem.replaceChildren(problemBox(error)));
    },
  }, label);
  const buttons = [button("xlsx", "XLSX"), button("geojson", t("page.import.faults_geojson")), button("json", "JSON")];
  return el("div", {}, el("p", { class: "buttons" }, el("span", {}, t("page.import.faults_as")), buttons), problem);
}

function outcome(report) {
  const counts = { errors: number(report.error_count), warnings: number(report.warning_count) };
  const words = report.error_count || report.warning_count ? t("page.import.found", counts) : t("page.import.faultless");
  const state = t(`import_report.outcome.${report.applied ? "applied" : report.dry_run ? "dry_run" : "refused"}`);
  return el("div", { class: !report.error_count ? "good" : report.applied ? "confirm" : "problem" }, el("p", {}, el("strong", {}, words)), el("p", {}, state));
}

// The whole report as elements; `id` is the import's, for its files.
export function reportView(report, id) {
  const targets = Object.entries(report.targets);
  const faults = report.faults.length ? [el("h3", {}, t("import_report.sheet.faults")), downloads(id), faultsTable(report)] : [];
  return [
    el("h3", { tabindex: "-1" }, t("import_report.title")),
    outcome(report),
    told(report),
    targets.length ? table(t("import_report.sheet.summary"), countColumns, targets) : null,
    ...faults,
    listed("changes", changeColumns, report.changes, sumOf(report, "changed")),
    listed("added", addedColumns, report.added_rows, sumOf(report, "added")),
    listed("missing", missingColumns, report.missing_rows, sumOf(report, "missing")),
  ].filter(Boolean);
}
