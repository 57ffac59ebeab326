// Downloads: the register or a part of it in each format, and forms of classes to fill in.
import { ask, download, pathOf, Problem, problemBox } from "./api.mjs";
import { byId, el, facts, show } from "./dom.mjs";
import { carriedOut } from "./jobs.mjs";
import { moment, number, settings, size, t, targetName } from "./texts.mjs";

const classes = () => [...document.querySelectorAll("input[name=class]:checked")].map((box) => box.value);

function wanted() {
  return {
    municipality_code: byId("municipality").value,
    format: byId("format").value,
    classes: classes(),
    filter: byId("filter").value.trim() || null,
    srid: byId("srid").value ? Number(byId("srid").value) : null,
    language: settings.language,
    for_excel: byId("for-excel").checked && byId("format").value === "csv",
  };
}

async function exported() {
  show("exported");
  const job = await carriedOut("export-progress", "exports", () => ask("POST", "/exports", { json: wanted() }));
  if (job.state === "cancelled") throw new Problem(0, { title: t("page.import.cancelled"), detail: t("page.import.no_file") });
  if (job.state === "failed") throw new Problem(422, job.problem);
  show("exported", exportView(job));
  byId("exported").querySelector("button").focus();
}

function exportView(job) {
  const problem = el("div", { role: "alert" });
  const get = () => download(pathOf(job.file.href), job.file.file_name).catch((error) => problem.replaceChildren(problemBox(error)));
  const rows = Object.entries(job.rows).filter(([, count]) => count > 0).map(([code, count]) => [targetName(code), number(count)]);
  return [
    el("p", { class: "good", role: "status" }, t("page.import.exported", { name: job.file.file_name, size: size(job.file.size_bytes), until: moment(job.file.expires_at) })),
    el("p", {}, el("button", { type: "button", class: "main", click: get }, t("page.import.download_file", { name: job.file.file_name }))),
    problem,
    job.losses.length ? el("div", {}, el("h3", {}, t("page.import.losses")), el("ul", {}, job.losses.map((words) => el("li", {}, words)))) : null,
    el("details", {}, el("summary", {}, t("page.import.exported_rows")), facts(rows)),
  ];
}

async function template() {
  const query = new URLSearchParams({ format: byId("template-format").value, language: settings.language });
  if (byId("template-filled").checked) query.set("municipality", byId("municipality").value);
  if (byId("template-format").value === "csv" && settings.language !== "en") query.set("for_excel", "true");
  await download(`/asset-classes/${byId("template-class").value}/template?${query}`);
}

function onSubmit(form, work) {
  byId(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = byId(form).querySelector("button[type=submit]");
    show(`${form}-problem`);
    button.disabled = true;
    await work().catch((error) => show(`${form}-problem`, problemBox(error)));
    button.disabled = false;
  });
}

function refreshFormat() {
  const format = byId("format").value;
  byId("for-excel").closest("p").hidden = format !== "csv";
  byId("srid").disabled = format === "archive";
}

export function startExports() {
  onSubmit("export", exported);
  onSubmit("template", template);
  byId("format").addEventListener("change", refreshFormat);
  refreshFormat();
}
