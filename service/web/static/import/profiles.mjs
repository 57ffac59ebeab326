// Mapping profiles: chosen, proposed from the file, shown, edited and kept under a name of the municipality's own.
import { ask, askAll, askText, Problem, problemBox } from "./api.mjs";
import { byId, el, option, show, table } from "./dom.mjs";
import { attributeName, firstText, settings, t, targetName } from "./texts.mjs";

let own = []; // of the municipality chosen
let opened = null; // {name, etag} of the own profile in the editor
let changed = () => {}; // told when the choice changes

export const chosenProfile = () => byId("profile").value;
const municipality = () => byId("municipality").value;
const isOwn = (name) => own.some((each) => each.name === name);
const addressOf = (name) => `/import-profiles/${isOwn(name) ? municipality() : "shipped"}/${name}`;

const columns = [
  { label: t("import_report.column"), of: (each) => each.column },
  { label: t("page.import.becomes"), of: becomes },
  { label: t("page.import.certainty"), of: (each) => (each.certainty ? t(`page.import.certainty.${each.certainty}`) : null) },
  { label: t("page.import.reasons"), kind: "long", of: (each) => each.reasons.join(" ") || null },
  { label: t("page.import.samples"), kind: "long", of: (each) => each.samples.join(", ") || null },
];

function becomes(column) {
  const role = firstText([`page.import.role.${column.role}`], column.role);
  return column.attribute && column.role === "attribute" ? attributeName(column.attribute) : role;
}

export async function loadProfiles(select = chosenProfile()) {
  const all = await askAll(`/import-profiles?limit=200&municipality=${municipality()}`);
  own = all.filter((each) => each.municipality_code === municipality());
  const shipped = all.filter((each) => each.municipality_code === null);
  const group = (label, profiles) => (profiles.length ? el("optgroup", { label }, profiles.map(named)) : null);
  const exported = settings.own_exports.map((name) => ({ name, title: t(`page.import.own_export.${name}`) }));
  show(
    "profile",
    option("", t("page.import.choose")),
    group(t("page.import.own_profiles"), own),
    group(t("page.import.own_exports"), exported),
    group(t("page.import.shipped_profiles"), shipped),
  );
  byId("profile").value = [...own, ...exported, ...shipped].some((each) => each.name === select) ? select : "";
  refreshButtons();
  changed();
}

const named = (profile) => option(profile.name, profile.title === profile.name ? profile.name : `${profile.title} (${profile.name})`);

function refreshButtons() {
  byId("show-profile").disabled = !chosenProfile() || settings.own_exports.includes(chosenProfile());
}

function edit(title, yaml, name, above = []) {
  byId("editor").hidden = false;
  byId("editor-title").textContent = title;
  byId("yaml").value = yaml;
  byId("profile-name").value = name;
  show("proposal", above);
  show("kept");
  byId("editor-title").focus();
}

async function showChosen() {
  const name = chosenProfile();
  const { text, etag } = await askText(`${addressOf(name)}?format=yaml`);
  opened = isOwn(name) ? { name, etag } : null;
  edit(t("page.import.editing", { name }), text, isOwn(name) ? name : `${name}_${municipality()}`);
}

async function propose(file) {
  if (!file) throw new Problem(0, { title: t("page.import.file_missing"), detail: t("page.import.file_first") });
  const form = new FormData();
  form.append("municipality", municipality());
  form.append("lang", settings.language);
  if (byId("layer").value) form.append("layer", byId("layer").value);
  if (byId("asset-class").value) form.append("asset_class", byId("asset-class").value);
  form.append("file", file);
  const found = await ask("POST", "/import-profiles/proposals", { form });
  opened = null;
  edit(t("page.import.proposal", { name: file.name }), found.yaml, found.name, proposalView(found));
}

function proposalView(found) {
  const classes = found.asset_classes.map((each) => targetName(each.asset_class)).join(", ");
  return [
    el("p", { class: found.complete ? "good" : "confirm" }, t(found.complete ? "page.import.proposal_complete" : "page.import.proposal_open")),
    classes ? el("p", {}, t("page.import.proposed_classes", { classes })) : null,
    found.other_layers.length ? el("p", {}, t("page.import.other_layers", { layers: found.other_layers.join(", ") })) : null,
    table(t("page.import.proposed_columns"), columns, found.columns),
  ];
}

const withName = (yaml, name) => (/^name:.*$/m.test(yaml) ? yaml.replace(/^name:.*$/m, () => `name: ${name}`) : `name: ${name}\n${yaml}`);

async function keep() {
  const name = byId("profile-name").value.trim(), yaml = withName(byId("yaml").value, name);
  byId("yaml").value = yaml;
  if (isOwn(name)) await replace(name, yaml);
  else await ask("POST", "/import-profiles", { json: { municipality_code: municipality(), yaml } });
  await loadProfiles(name);
  const { etag } = await askText(`${addressOf(name)}?format=yaml`);
  opened = { name, etag };
  show("kept", el("span", { class: "chosen" }, t("page.import.kept", { name })));
}

// Only the version that was opened here is replaced; another profile of that name is never lost unseen.
async function replace(name, yaml) {
  if (opened?.name !== name) throw new Problem(0, { title: t("page.import.name_taken"), detail: t("page.import.name_taken_text", { name }) });
  await ask("PUT", `/import-profiles/${municipality()}/${name}`, { json: { yaml }, etag: opened.etag });
}

async function tried(button, what) {
  show("profile-problem");
  show("kept");
  byId(button).disabled = true;
  try {
    await what();
  } catch (error) {
    show("profile-problem", problemBox(error));
  } finally {
    byId(button).disabled = false;
    refreshButtons();
  }
}

// `fileOf` gives the file that is chosen; `onChange` is told when another profile is chosen or its content changes.
export function startProfiles(fileOf, onChange) {
  changed = onChange;
  byId("profile").addEventListener("change", () => { refreshButtons(); changed(); });
  byId("show-profile").addEventListener("click", () => tried("show-profile", showChosen));
  byId("propose").addEventListener("click", () => tried("propose", () => propose(fileOf())));
  byId("close-editor").addEventListener("click", () => { byId("editor").hidden = true; byId("profile").focus(); });
  byId("keep").addEventListener("submit", (event) => { event.preventDefault(); tried("propose", keep); });
}
