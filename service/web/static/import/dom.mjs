// Elements made of text and other elements; nothing is ever read as markup.
import { t } from "./texts.mjs";

const LONG = 40; // characters
export const byId = (id) => document.getElementById(id);

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) setAttribute(node, key, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function setAttribute(node, key, value) {
  if (typeof value === "function") node.addEventListener(key, value);
  else if (value === true) node.setAttribute(key, "");
  else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
}

export const show = (id, ...children) => byId(id).replaceChildren(...children.flat().filter(Boolean));
export const option = (value, label) => el("option", { value }, label);

export function announce(words) {
  byId("announcer").textContent = words;
}

// Columns are {label, of, kind}: kind is text (the default), long for sentences, or number.
export function table(caption, columns, rows) {
  const head = el("tr", {}, columns.map((column) => el("th", { scope: "col", class: cellClass(column) }, column.label)));
  const body = rows.map((row) => el("tr", {}, columns.map((column) => cell(column, row))));
  const caption_ = el("caption", { class: "visually-hidden" }, caption);
  const whole = el("table", {}, caption_, el("thead", {}, head), el("tbody", {}, body));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, whole);
}

const CLASSES = { number: null, text: "text", long: "text long" };
const cellClass = (column) => CLASSES[column.kind ?? "text"];

function cell(column, row) {
  const content = column.of(row);
  return el("td", { class: cellClass(column) }, content ?? "–");
}

// A table that grows by pages of rows, with a button for more; `more` gives the next rows, null at the end.
export function longTable(caption, columns, rows, step = 100) {
  const box = el("div");
  const draw = (count) => {
    const rest = rows.length - count;
    const words = t("page.import.more", { count: Math.min(step, rest) });
    const button = rest > 0 ? el("button", { type: "button", click: () => draw(count + step) }, words) : null;
    box.replaceChildren(...[table(caption, columns, rows.slice(0, count)), button && el("p", {}, button)].filter(Boolean));
    if (count > step) focusRow(box, count - step);
  };
  draw(step);
  return box;
}

function focusRow(box, index) {
  const row = box.querySelectorAll("tbody tr")[index];
  if (!row) return;
  row.setAttribute("tabindex", "-1");
  row.focus();
}

// Pairs of a label and its value; a long value gets a line of its own.
export function facts(pairs) {
  const look = (value) => (value.length > LONG ? "broad" : null);
  return el("dl", { class: "facts" }, pairs.map(([label, value]) => el("div", { class: look(value) }, el("dt", {}, label), el("dd", {}, value))));
}
