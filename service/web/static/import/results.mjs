// An import that has ended: where it is found, what it changed, and undoing it; and the list of the latest ones.
import { ask, pathOf, problemBox } from "./api.mjs";
import { announce, byId, el, facts, show, table } from "./dom.mjs";
import { carriedOut } from "./jobs.mjs";
import { reportView } from "./report.mjs";
import { attributeName, moment, number, settings, shown, t, targetName } from "./texts.mjs";

const LISTED = 20;

const stateOf = (job) => {
  if (job.undone_at) return t("page.import.state.undone");
  return job.dry_run && job.state === "finished" ? t("page.import.state.checked") : t(`page.import.state.${job.state}`);
};

function changeRows(items) {
  return items.flatMap((change) => change.fields.map((field) => ({ ...change, ...field })));
}

const changeColumns = [
  { label: t("import_report.target"), of: (row) => targetName(row.target ?? "–") },
  { label: t("page.import.asset"), of: (row) => assetLink(row) },
  { label: t("page.import.operation"), of: (row) => t(`page.import.operation.${row.operation}`) },
  { label: t("import_report.attribute"), of: (row) => attributeName(row.attribute) },
  { label: t("import_report.before"), of: (row) => shown(row.before) },
  { label: t("import_report.after"), of: (row) => shown(row.after) },
];

function assetLink(row) {
  if (!row.asset_id) return shown(row.key ?? row.source_id);
  return el("a", { href: settings.asset.replace("{id}", encodeURIComponent(row.asset_id)), target: "_blank", rel: "noopener" }, row.asset_id);
}

// A button that shows the changes of an import, page by page.
function changesView(job) {
  const place = el("div"), items = [];
  const load = async (path) => {
    const page = await ask("GET", path);
    items.push(...page.items);
    const more = page.next ? button(t("page.import.more_changes"), () => load(pathOf(page.next))) : null;
    const rows = changeRows(items);
    place.replaceChildren(rows.length ? table(t("page.import.changes"), changeColumns, rows) : el("p", {}, t("page.import.no_changes")), ...(more ? [more] : []));
  };
  return [button(t("page.import.show_changes"), () => load(`/imports/${job.id}/changes?limit=100`)), place];
}

// A button whose work may fail: what was wrong stands below it.
function button(label, work, look = null) {
  const problem = el("div", { role: "alert" });
  const press = async () => {
    problem.replaceChildren();
    node.disabled = true;
    await Promise.resolve(work()).catch((error) => problem.replaceChildren(problemBox(error)));
    node.disabled = false;
  };
  const node = el("button", { type: "button", class: look, click: press }, label);
  return el("div", {}, node, problem);
}

async function undo(job) {
  const told = await ask("POST", `/imports/${job.id}/undo?dry_run=true`);
  show("undo-words", undoWords(told));
  if (!(await answered())) return;
  const done = await ask("POST", `/imports/${job.id}/undo`);
  announce(t("page.import.undone"));
  show("opened", el("div", { class: "good", tabindex: "-1" }, el("p", {}, el("strong", {}, t("page.import.undone"))), undoWords(done)));
  show("result");
  byId("opened").firstChild.focus();
  await loadRecent();
}

function undoWords(told) {
  const counts = ["removed", "restored", "retired", "conflict_count"].map((name) => [t(`page.import.undo.${name}`), number(told[name])]);
  const conflicts = told.conflicts.slice(0, 10).map((each) => el("li", {}, `${targetName(each.target)} ${each.key}: ${each.detail}`));
  return el("div", {}, facts(counts), conflicts.length ? el("ul", { class: "quiet", lang: "en" }, conflicts) : null);
}

// Whether the question in the dialog is answered with yes.
function answered() {
  const dialog = byId("undo");
  return new Promise((resolve) => {
    byId("undo-yes").onclick = () => dialog.close("yes");
    byId("undo-no").onclick = () => dialog.close("no");
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.returnValue = "";
    dialog.showModal();
    byId("undo-no").focus();
  });
}

async function retry(job) {
  const again = await ask("POST", `/imports/${job.id}/retry`);
  show("result");
  await openImport(again);
  await loadRecent();
}

function summary(job) {
  return facts([
    [t("page.import.batch"), job.id],
    [t("import_report.file"), job.file_name],
    [t("import_report.profile"), job.profile],
    [t("page.import.state"), stateOf(job)],
    [t("page.import.by"), job.requested_by],
    [t("page.import.ended_at"), moment(job.finished_at)],
  ]);
}

function actions(job) {
  const isWritten = job.state === "finished" && !job.dry_run;
  const map = `${settings.map}&municipality=${encodeURIComponent(job.municipality_code)}`;
  return [
    isWritten ? el("p", {}, el("a", { href: map, target: "_blank", rel: "noopener" }, t("page.import.on_map"))) : null,
    ...(isWritten ? changesView(job) : []),
    isWritten && !job.undone_at ? button(t("page.import.undo"), () => undo(job)) : null,
    ["failed", "cancelled"].includes(job.state) ? button(t("page.import.retry"), () => retry(job)) : null,
  ];
}

// What became of an import, as elements.
export function resultView(job) {
  const problem = job.problem && !job.report ? problemBox(Object.assign(new Error(job.problem.detail), { document: job.problem })) : null;
  const title = job.dry_run ? t("page.import.check_of", { id: job.id }) : t("page.import.import_of", { id: job.id });
  return [
    el("h3", { tabindex: "-1" }, title),
    el("p", { class: job.state === "finished" ? "good" : "problem" }, el("strong", {}, stateOf(job))),
    problem,
    summary(job),
    ...actions(job),
    ...(job.report ? reportView(job.report, job.id) : []),
  ].filter(Boolean);
}

const recentColumns = [
  { label: t("page.import.batch"), of: (job) => el("button", { type: "button", class: "link", click: () => openImport(job), "aria-label": `${t("page.import.open_one")} ${job.id}` }, job.id) },
  { label: t("import_report.file"), of: (job) => job.file_name },
  { label: t("import_report.profile"), of: (job) => job.profile },
  { label: t("page.import.ended_at"), of: (job) => moment(job.finished_at ?? job.queued_at) },
  { label: t("page.import.state"), of: stateOf },
  ...["added", "changed", "unchanged"].map((name) => ({ label: t(`import_report.${name}`), kind: "number", of: (job) => number(job[name]) })),
];

// One that is not ended yet is waited for: it may have been begun by another tab, or by a script.
async function openImport(job) {
  try {
    show("opened", resultView(await carriedOut("opened", "imports", () => Promise.resolve(job))));
    byId("opened").querySelector("h3").focus();
  } catch (error) {
    show("opened", problemBox(error));
  }
}

export async function loadRecent() {
  const { items } = await ask("GET", `/imports?limit=${LISTED}&municipality=${byId("municipality").value}`);
  show("recent", items.length ? table(t("page.import.recent"), recentColumns, items) : el("p", {}, t("page.import.none_yet")));
}
