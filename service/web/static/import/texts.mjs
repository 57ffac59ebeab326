// Texts of the reader's language, numbers and times as that language writes them.
export const settings = JSON.parse(document.getElementById("settings").textContent);
export const locale = { fi: "fi-FI", sv: "sv-FI", en: "en-GB" }[settings.language];
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });

export const hasText = (key) => key in settings.texts;
export const number = (value) => (value === null || value === undefined ? "–" : whole.format(value));
export const moment = (iso) => (iso ? clock.format(new Date(iso)) : "–");

export function t(key, values = {}) {
  const words = settings.texts[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

export function firstText(keys, otherwise) {
  const found = keys.find(hasText);
  return found === undefined ? otherwise : t(found);
}

export const targetName = (code) => firstText([`asset_class.${code}`, `export.table.${code}`], code);
export const attributeName = (name) => firstText([`attribute.${name}`, `export.column.${name}`], name);
export const ruleText = (rule) => firstText([`import_rule.${rule}`], rule);
export const severityText = (severity) => t(`import_report.severity.${severity}`);

export function duration(seconds) {
  if (seconds < 60) return t("page.import.seconds", { count: number(Math.max(1, Math.ceil(seconds))) });
  return t("page.import.minutes", { count: number(Math.ceil(seconds / 60)) });
}

export function size(bytes) {
  const step = bytes < 1e6 ? 1e3 : 1e6;
  const amount = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(bytes / step);
  return `${amount} ${step === 1e3 ? "kB" : "MB"}`;
}

// A value of the register or a file as one line.
export function shown(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return t(value ? "page.yes" : "page.no");
  if (typeof value === "number") return new Intl.NumberFormat(locale, { maximumFractionDigits: 12, useGrouping: false }).format(value);
  const words = typeof value === "string" ? value : JSON.stringify(value);
  return words.length > 160 ? `${words.slice(0, 160)}…` : words;
}
