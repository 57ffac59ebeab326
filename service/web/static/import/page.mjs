// The page to check and import files and to download the register: the token first, then the steps.
import { askAll, problemBox } from "./api.mjs";
import { byId, option, show } from "./dom.mjs";
import { startExports } from "./exports.mjs";
import { chooseFile, chosenFile, forgetCheck, startImporting } from "./importing.mjs";
import { loadProfiles, startProfiles } from "./profiles.mjs";
import { loadRecent } from "./results.mjs";
import { settings, size, t } from "./texts.mjs";

const KEPT_MUNICIPALITY = "kuntokanta-municipality";
const WHOLE_COUNTRY = "000";
const isOwn = (code) => settings.municipalities === null || settings.municipalities.includes(code);
const nameOf = (each) => each[`name_${settings.language}`] ?? each.name_fi;

async function open() {
  try {
    await loadMunicipalities();
    await loadOfMunicipality();
    byId("work").hidden = byId("whose").hidden = false;
  } catch (error) {
    show("access-problem", problemBox(error));
  }
}

async function loadMunicipalities() {
  const all = await askAll("/municipalities?limit=500");
  const present = all.filter((each) => each.abolished_year === null && each.municipality_code !== WHOLE_COUNTRY && isOwn(each.municipality_code));
  present.sort((one, other) => nameOf(one).localeCompare(nameOf(other), settings.language));
  show("municipality", present.map((each) => option(each.municipality_code, `${nameOf(each)} (${each.municipality_code})`)));
  const wanted = settings.municipality ?? sessionStorage.getItem(KEPT_MUNICIPALITY);
  if (present.some((each) => each.municipality_code === wanted)) byId("municipality").value = wanted;
}

async function loadOfMunicipality() {
  sessionStorage.setItem(KEPT_MUNICIPALITY, byId("municipality").value);
  await Promise.all([loadProfiles(), loadRecent()]);
}

async function municipalityChanged() {
  show("access-problem");
  show("opened");
  show("result");
  forgetCheck();
  await loadOfMunicipality().catch((error) => show("access-problem", problemBox(error)));
}

function take(files) {
  if (!files.length) return;
  chooseFile(files[0]);
  byId("chosen").textContent = t("page.import.chosen", { name: files[0].name, size: size(files[0].size) });
}

function startDropping() {
  const drop = byId("drop");
  const light = (isOver) => drop.classList.toggle("over", isOver);
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); light(true); });
  drop.addEventListener("dragleave", () => light(false));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    light(false);
    byId("file").files = event.dataTransfer.files; // so that the field shows what was dropped
    take(event.dataTransfer.files);
  });
  byId("file").addEventListener("change", (event) => take(event.target.files));
  // A file dropped beside the place is not opened instead of the page.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
}

byId("municipality").addEventListener("change", municipalityChanged);
startDropping();
startProfiles(chosenFile, forgetCheck);
startImporting(loadRecent);
startExports();
open();
