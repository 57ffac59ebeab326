// The map of all valued assets from vector tiles: coloured by backlog, condition or the avoidable share.
import * as maplibre from "./vendor/maplibre-gl/maplibre-gl.mjs";

maplibre.setWorkerUrl(new URL("./vendor/maplibre-gl/maplibre-gl-worker.mjs", import.meta.url).href);

const cameByLink = location.hash !== ""; // the map writes its own place into the hash later
const settings = JSON.parse(document.getElementById("settings").textContent);
const locale = { fi: "fi-FI", sv: "sv-FI", en: "en-GB" }[settings.language];
const LAYER = "valued_assets";
const UNKNOWN = "#9aa5af";
const euros = (amount) => new Intl.NumberFormat(locale, { style: "currency", currency: "EUR", maximumFractionDigits: 0 }).format(amount);
const percent = (share) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);
// Each theme: the value of a feature, and its steps as [from, colour]; red is always what is worse.
const themes = {
  repair_backlog_eur: {
    value: ["coalesce", ["to-number", ["get", "repair_backlog_eur"], -1], -1],
    steps: [[0, "#4d9a6a"], [1, "#e6c65c"], [10_000, "#e39a3b"], [100_000, "#cf5a31"], [1_000_000, "#8c1d18"]],
    label: (from) => (from <= 1 ? (from === 0 ? euros(0) : `> ${euros(0)}`) : `≥ ${euros(from)}`),
  },
  condition_index: {
    value: ["coalesce", ["to-number", ["get", "condition_index"], -1], -1],
    steps: [[0, "#8c1d18"], [0.2, "#cf5a31"], [0.4, "#e39a3b"], [0.6, "#e6c65c"], [0.8, "#4d9a6a"]],
    label: (from) => `≥ ${percent(from)}`,
  },
  avoidable_share: {
    value: ["case", [">", ["to-number", ["get", "repair_backlog_eur"], 0], 0],
      ["/", ["to-number", ["get", "avoidable_backlog_eur"], 0], ["to-number", ["get", "repair_backlog_eur"], 1]], -1],
    steps: [[0, "#5b7f9b"], [0.01, "#e6c65c"], [0.5, "#e39a3b"], [0.99, "#cf5a31"]],
    label: (from) => (from === 0 ? percent(0) : `≥ ${percent(from)}`),
    unknown: "page.map.no_backlog",
  },
};

const colour = (theme) => ["case", ["<", theme.value, 0], UNKNOWN,
  ["step", theme.value, theme.steps[0][1], ...theme.steps.slice(1).flat()]];
const hasAny = (geometry) => ["==", ["geometry-type"], geometry];
const layers = [
  { id: "areas", type: "fill", filter: hasAny("Polygon"), paint: { "fill-opacity": 0.75 }, colour: "fill-color" },
  { id: "outlines", type: "line", filter: hasAny("Polygon"), paint: { "line-width": 1 }, colour: "line-color" },
  { id: "lines", type: "line", filter: hasAny("LineString"), paint: { "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1, 14, 2.2, 18, 5] }, colour: "line-color" },
  { id: "points", type: "circle", filter: hasAny("Point"), paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 1.2, 14, 3, 18, 7], "circle-stroke-width": 0.4, "circle-stroke-color": "#fff" }, colour: "circle-color" },
];

const map = new maplibre.Map({
  container: "map",
  center: [25, 63],
  zoom: 5,
  hash: true,
  attributionControl: false,
  style: {
    version: 8,
    sources: {
      assets: { type: "vector", tiles: [settings.tiles], minzoom: 4, maxzoom: 16 },
      districts: { type: "geojson", data: settings.districts },
    },
    layers: [
      { id: "background", type: "background", paint: { "background-color": "#f3f5f6" } },
      { id: "districts", type: "line", source: "districts", paint: { "line-color": "#9aa5af", "line-dasharray": [3, 2] } },
      ...layers.map(({ colour: property, ...layer }) => ({
        ...layer, source: "assets", "source-layer": LAYER, paint: { ...layer.paint, [property]: colour(themes.repair_backlog_eur) },
      })),
    ],
  },
});
map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
map.addControl(new maplibre.ScaleControl());

function showTheme(name) {
  for (const layer of layers) map.setPaintProperty(layer.id, layer.colour, colour(themes[name]));
  showLegend(themes[name]);
}

function showLegend(theme) {
  const rows = [...theme.steps.map(([from, shade]) => [shade, theme.label(from)]), [UNKNOWN, settings.texts[theme.unknown ?? "page.map.not_valued"]]];
  document.getElementById("legend").replaceChildren(...rows.map(([shade, words]) => {
    const row = document.createElement("li");
    const swatch = document.createElement("i");
    swatch.style.background = shade;
    row.append(swatch, words);
    return row;
  }));
}

function showNetworks() {
  const shown = [...document.querySelectorAll("input[name=network]:checked")].flatMap((box) => settings.networks[box.value].classes);
  for (const layer of layers) map.setFilter(layer.id, ["all", layer.filter, ["in", ["get", "asset_class"], ["literal", shown]]]);
}

function popup(event) {
  const found = map.queryRenderedFeatures(event.point, { layers: layers.map((layer) => layer.id) });
  if (!found.length) return;
  const facts = found[0].properties;
  const box = document.createElement("div");
  const title = document.createElement("h3");
  title.textContent = `${settings.classes[facts.asset_class] ?? facts.asset_class} ${facts.id}`;
  const link = document.createElement("a");
  link.href = settings.asset.replace("{id}", facts.id);
  link.textContent = settings.texts["page.map.open_asset"];
  const lines = ["repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur"]
    .filter((name) => facts[name] !== undefined)
    .map((name) => `${settings.texts[`column.${name}`]}: ${euros(Number(facts[name]))}`);
  if (facts.condition_index !== undefined) {
    const basis = settings.texts[`condition_basis.${facts.condition_basis}`];
    lines.unshift(`${settings.texts["column.condition_index"]}: ${percent(Number(facts.condition_index))}${basis ? ` (${basis})` : ""}`);
  }
  box.append(title, ...lines.map((words) => Object.assign(document.createElement("div"), { textContent: words })), link);
  new maplibre.Popup().setLngLat(event.lngLat).setDOMContent(box).addTo(map);
}

showLegend(themes.repair_backlog_eur);
map.on("load", () => {
  document.querySelectorAll("input[name=theme]").forEach((box) => box.addEventListener("change", () => showTheme(box.value)));
  document.querySelectorAll("input[name=network]").forEach((box) => box.addEventListener("change", showNetworks));
  map.on("click", popup);
  if (!cameByLink) showAll();
});

// Corners of all positions in nested coordinates.
function widen(bounds, coordinates) {
  if (typeof coordinates[0] === "number") bounds.extend(coordinates.slice(0, 2));
  else coordinates.forEach((inner) => widen(bounds, inner));
  return bounds;
}

async function showAll() {
  const districts = (await (await fetch(settings.districts)).json()).features.filter((district) => district.geometry);
  if (districts.length) {
    map.fitBounds(districts.reduce((bounds, district) => widen(bounds, district.geometry.coordinates), new maplibre.LngLatBounds()), { padding: 30, animate: false });
    return;
  }
  const bbox = (await (await fetch(settings.collection)).json()).extent?.spatial?.bbox?.[0];
  if (bbox) map.fitBounds(bbox, { padding: 30, animate: false });
}
