// One file: checked first, then imported; what was checked is what is imported, or it is checked again.
import { Problem, problemBox, upload } from "./api.mjs";
import { announce, byId, show } from "./dom.mjs";
import { carriedOut } from "./jobs.mjs";
import { chosenProfile } from "./profiles.mjs";
import { assumedValue, reportView } from "./report.mjs";
import { resultView } from "./results.mjs";
import { t } from "./texts.mjs";

const GUESSED = ["crs_guessed", "crs_unconfirmed"];
let file = null;
let checked = null; // the report of the last check, as long as nothing was changed since
let busy = false;

export const chosenFile = () => file;

export function chooseFile(chosen) {
  file = chosen;
  forgetCheck();
}

// What was checked holds no more.
export function forgetCheck() {
  checked = null;
  show("report");
  show("check-problem");
  show("import-problem");
  refresh();
}

const radio = (name) => document.querySelector(`input[name=${name}]:checked`).value;

function form(more) {
  if (!file) throw new Problem(0, { title: t("page.import.file_missing"), detail: t("page.import.file_first") });
  if (!chosenProfile()) throw new Problem(0, { title: t("page.import.profile_missing"), detail: t("page.import.profile_first") });
  const asked = {
    profile: chosenProfile(), municipality: byId("municipality").value, layer: byId("layer").value, crs: byId("crs").value,
    geometry_repair: radio("geometry_repair"), on_conflict: radio("on_conflict"), ...more,
  };
  const data = new FormData();
  for (const [name, value] of Object.entries(asked)) if (value !== "") data.append(name, String(value));
  data.append("file", file, file.name);
  return data;
}

const send = (place, more) => carriedOut(place, "imports", (sent, signal) => upload("/imports", form(more), sent, signal));

const outcomeWords = (job) => (job.report ? t("page.import.found", { errors: job.report.error_count, warnings: job.report.warning_count }) : t("page.import.failed"));

async function check() {
  forgetCheck();
  byId("accept-partial").checked = byId("crs-confirmed").checked = false;
  const job = await send("check-progress", { dry_run: true });
  checked = job.report ?? null;
  if (job.state === "cancelled") throw new Problem(0, { title: t("page.import.cancelled"), detail: t("page.import.nothing_written") });
  if (!checked) throw new Problem(422, job.problem ?? { detail: job.error });
  announce(outcomeWords(job));
  show("report", reportView(checked, job.id));
  byId("report").querySelector("h3").focus();
  if (checked.faults.some((fault) => fault.rule.startsWith("crs_") && fault.severity === "error")) byId("options").open = true;
}

async function write() {
  show("import-problem");
  show("result");
  const terms = { accept_partial: byId("accept-partial").checked, confirm_crs: byId("crs-confirmed").checked };
  const job = await send("import-progress", terms);
  announce(job.state === "finished" ? t("page.import.done") : outcomeWords(job));
  show("result", resultView(job));
  byId("result").querySelector("h3")?.focus();
  checked = null;
}

const guessOf = (report) => report.faults.find((fault) => GUESSED.includes(fault.rule));

const usable = (report) => Object.values(report.targets).some((counts) => counts.added + counts.changed + counts.unchanged > 0);

// What stands in the way of an import, as the key of a text; null where nothing does.
function obstacle() {
  if (!checked) return "page.import.check_first";
  if (checked.error_count && !usable(checked)) return "page.import.unreadable";
  if (checked.error_count && !byId("accept-partial").checked) return "page.import.faulty";
  if (guessOf(checked) && !byId("crs-confirmed").checked) return "page.import.crs_first";
  return null;
}

function refresh() {
  const guess = checked && guessOf(checked), inTheWay = obstacle();
  byId("confirm-crs").hidden = !guess;
  if (guess) byId("crs-words").textContent = t("page.import.confirm_crs", { crs: guess.value, axes: assumedValue(checked.assumptions.crs_axes ?? "") });
  byId("partial").hidden = !checked?.error_count || !usable(checked);
  byId("import-state").textContent = t(inTheWay ?? "page.import.ready");
  byId("import").disabled = busy || inTheWay !== null;
  byId("check").disabled = busy;
}

async function tried(problem, what) {
  busy = true;
  refresh();
  try {
    await what();
  } catch (error) {
    show(problem, problemBox(error));
  } finally {
    busy = false;
    refresh();
  }
}

// `ended` is called after a check or an import has ended.
export function startImporting(ended) {
  byId("check").addEventListener("click", () => tried("check-problem", check).then(ended));
  byId("import").addEventListener("click", () => tried("import-problem", write).then(ended));
  for (const id of ["accept-partial", "crs-confirmed"]) byId(id).addEventListener("change", refresh);
  byId("options").addEventListener("change", forgetCheck);
  refresh();
}
