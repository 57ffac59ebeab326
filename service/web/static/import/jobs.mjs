// Jobs of the service while they wait and work: progress in rows and seconds left, and a button that cancels them.
import { ask, Problem } from "./api.mjs";
import { announce, byId, el } from "./dom.mjs";
import { duration, firstText, number, size, t } from "./texts.mjs";

const ENDED = ["finished", "failed", "cancelled"];
const FIRST_PAUSE_MS = 250, LONGEST_PAUSE_MS = 1500, TOLD_EVERY_MS = 10_000, PATIENCE = 8;
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// A bar with words beside it; what a screen reader says of it is said now and then only.
class ProgressView {
  constructor(place, cancel) {
    this.words = el("p", { id: `${place}-words` });
    this.bar = el("progress", { "aria-labelledby": `${place}-words`, max: 1 });
    this.button = el("button", { type: "button", click: () => this.giveUp(cancel) }, t("page.import.cancel"));
    byId(place).replaceChildren(el("div", { class: "progress" }, this.words, this.bar, el("p", {}, this.button)));
    this.saidAt = 0;
  }

  tell(words, share) {
    this.words.textContent = words;
    if (share === null) this.bar.removeAttribute("value");
    else this.bar.value = share;
    if (Date.now() - this.saidAt < TOLD_EVERY_MS) return;
    this.saidAt = Date.now();
    announce(words);
  }

  giveUp(cancel) {
    this.button.disabled = true;
    cancel();
  }
}

function wordsOf(job) {
  if (job.state === "queued") return t(job.workers === 0 ? "page.import.no_worker" : "page.import.queued");
  const { step, seconds_left: seconds, rows_done: done, rows_total: total } = job.progress ?? {};
  const told = firstText([`page.import.step.${step}`], step ?? t("page.import.step.begin"));
  const left = seconds === null || seconds === undefined || done >= total ? null : t("page.import.left", { time: duration(seconds) });
  return [told, amount(job.progress ?? {}), left].filter(Boolean).join(" · ");
}

// How much is done: reading counts rows, other steps count tables or rows, and of one there is nothing to say.
function amount({ step, rows_done: done, rows_total: total }) {
  const counts = { done: number(done), total: number(total) };
  if (step === "read" && total) return t("page.import.rows_done", counts);
  return total > 1 ? t("page.import.parts_done", counts) : null;
}

function shareOf(job) {
  const { rows_done: done, rows_total: total } = job.progress ?? {};
  return total > 1 ? Math.min(1, done / total) : null;
}

// The job once it has ended; a connection that breaks for a moment is waited for.
async function ended(path, view) {
  let wait = FIRST_PAUSE_MS, failures = 0;
  for (;;) {
    try {
      const job = await ask("GET", path);
      failures = 0;
      if (ENDED.includes(job.state)) return job;
      view.tell(wordsOf(job), shareOf(job));
    } catch (error) {
      if (!(error instanceof Problem) || (error.status > 0 && error.status < 500) || ++failures > PATIENCE) throw error;
    }
    await pause(wait);
    wait = Math.min(wait * 1.4, LONGEST_PAUSE_MS);
  }
}

// Starts a job with `begin(sent, signal)` and returns it once it has ended; its progress is shown in `place`.
export async function carriedOut(place, collection, begin) {
  const sending = new AbortController();
  let path = null;
  const cancel = () => (path ? ask("DELETE", path).catch(() => null) : sending.abort());
  const view = new ProgressView(place, cancel);
  const sent = (done, total) => view.tell(t("page.import.sending", { done: size(done), total: size(total) }), total ? done / total : null);
  try {
    view.tell(t("page.import.queued"), null);
    const job = await begin(sent, sending.signal);
    path = `/${collection}/${job.id}`;
    return await ended(path, view);
  } finally {
    byId(place).replaceChildren();
  }
}
