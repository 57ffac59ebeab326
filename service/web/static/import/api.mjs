// Requests to the REST API: the browser sends the session's cookie, and what this page alone knows proves whose it is.
import { el } from "./dom.mjs";
import { firstText, settings, t } from "./texts.mjs";

export class Problem extends Error {
  constructor(status, document) {
    super(document?.detail ?? t("page.import.no_answer", { status }));
    this.status = status;
    this.document = document ?? {};
  }
}

const headers = (more) => ({ "X-CSRF-Token": settings.form_token, "Accept-Language": settings.language, ...more });

async function answered(path, options) {
  const answer = await fetch(settings.api + path, { ...options, headers: headers(options.headers), cache: "no-store" })
    .catch(() => { throw new Problem(0, { detail: t("page.import.no_connection") }); });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => null));
  return answer;
}

export async function ask(method, path, { json, form, etag } = {}) {
  const answer = await answered(path, {
    method,
    body: form ?? (json === undefined ? undefined : JSON.stringify(json)),
    headers: { ...(json === undefined ? {} : { "Content-Type": "application/json" }), ...(etag ? { "If-Match": etag } : {}) },
  });
  return answer.status === 204 ? null : answer.json();
}

export async function askText(path) {
  const answer = await answered(path, { method: "GET" });
  return { text: await answer.text(), etag: answer.headers.get("ETag") };
}

// The address of a next page or of a file, which the service gives in full, as a path of its API.
export function pathOf(address) {
  const url = new URL(address, location.href);
  return url.pathname.slice(settings.api.length) + url.search;
}

export async function askAll(path) {
  const items = [];
  for (let next = path; next;) {
    const page = await ask("GET", next);
    items.push(...page.items);
    next = page.next ? pathOf(page.next) : null;
  }
  return items;
}

export async function download(path, otherwise = "file") {
  const answer = await answered(path, { method: "GET" });
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
  const address = URL.createObjectURL(await answer.blob());
  el("a", { href: address, download: named?.[1] ?? otherwise }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// Sends a form and tells how much of it is sent: `sent(done, total)` in bytes; `signal` gives it up.
export function upload(path, form, sent, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", settings.api + path);
    Object.entries(headers({})).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => sent(event.loaded, event.total));
    request.addEventListener("error", () => reject(new Problem(0, { detail: t("page.import.no_connection") })));
    request.addEventListener("abort", () => reject(new Problem(0, { detail: t("page.import.cancelled") })));
    request.addEventListener("load", () => (request.status < 400 ? resolve(request.response) : reject(new Problem(request.status, request.response))));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

const titleOf = (document) => {
  const name = (document.type ?? "").split(":").at(-1).replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase());
  return firstText([`problem.${name}`], document.title ?? t("page.import.failed"));
};

// What was wrong, for people: title in their language, and each fault.
export function problemBox(error) {
  if (!(error instanceof Problem)) console.error(error);
  const document_ = error.document ?? {};
  const faults = document_.errors ?? [];
  const lines = faults.slice(0, 30).map((fault) => el("li", {}, `${fault.pointer}: ${fault.detail}`));
  const detail = lines.length ? null : el("p", {}, error.message);
  if (error.status === 401) return el("div", { class: "problem" }, el("p", {}, el("strong", {}, t("page.import.session_over")), " ", el("a", { href: settings.sign_in }, t("page.sign_in"))));
  return el("div", { class: "problem" }, el("p", {}, el("strong", {}, titleOf(document_))), detail, lines.length ? el("ul", {}, lines) : null);
}
