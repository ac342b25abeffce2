"use strict";
// The page is whole without this script, which only hides, moves and marks what is there.
const NO_SECTOR = "(none)";
const byId = (id) => document.getElementById(id);
const fold = (text) => text.normalize("NFKC").toLowerCase().trim();

const articles = [...document.querySelectorAll("article")].map((element) => ({
  element,
  home: element.parentElement,
  number: Number(element.dataset.story),
  boilerplate: "boilerplate" in element.dataset,
  sectors: JSON.parse(element.dataset.sectors || "{}"),
  names: JSON.parse(element.dataset.names || "[]").map(fold),
}));
const stories = articles.filter((article) => !article.boilerplate);
const boilerplate = articles.filter((article) => article.boilerplate);
const groups = [...document.querySelectorAll(".group:not(#in-order)")];
const known = new Set(stories.flatMap((story) => story.names));
const slider = byId("least");
const loosest = slider ? Number(slider.min) : 0;

const START = { sector: "", name: "", least: loosest, original: false, probabilities: false };
let view = { ...START };

function filtering() {
  return view.sector !== "" || view.name.trim() !== "" || view.least > loosest;
}

function matches(story) {
  const wanted = fold(view.name);
  // A whole name means that one; part of a name means all that hold it.
  const named = !wanted || (known.has(wanted) ? story.names.includes(wanted) : story.names.some((n) => n.includes(wanted)));
  const percents = Object.values(story.sectors);
  const inSector =
    view.sector === "" ? true : view.sector === NO_SECTOR ? percents.length === 0 : Object.hasOwn(story.sectors, view.sector);
  const percent = Object.hasOwn(story.sectors, view.sector) ? story.sectors[view.sector] : Math.max(0, ...percents);
  return named && inSector && (view.least <= loosest || percent >= view.least);
}

function arrange() {
  const inOrder = byId("in-order");
  if (inOrder.hidden !== view.original) return;
  if (view.original) {
    inOrder.append(...[...articles].sort((a, b) => a.number - b.number).map((article) => article.element));
  } else {
    for (const article of articles) article.home.append(article.element);
  }
  // Between stories boilerplate is folded piece by piece; at the end it is folded as a whole.
  for (const piece of boilerplate) piece.element.querySelector("details").open = !view.original;
  inOrder.hidden = !view.original;
}

function show() {
  const active = filtering();
  const shown = stories.filter(matches);
  const visible = new Set(shown);
  for (const story of stories) story.element.hidden = !visible.has(story);
  for (const piece of boilerplate) piece.element.hidden = active;
  arrange();
  for (const group of groups) {
    const left = group.querySelectorAll("article:not([hidden])").length;
    group.hidden = view.original || left === 0;
    group.querySelector("[data-group-count]").textContent = left;
  }
  const apart = byId("apart");
  if (apart) apart.hidden = active || view.original;

  const noun = stories.length === 1 ? "story" : "stories";
  byId("count").textContent = active ? `${shown.length} of ${stories.length} ${noun}` : `${stories.length} ${noun}`;
  byId("count").classList.toggle("partial", active);
  byId("empty").hidden = shown.length > 0 || !active;
  byId("clear").hidden = !active;

  byId("sector").value = view.sector;
  if (document.activeElement !== byId("name")) byId("name").value = view.name;
  if (slider) {
    slider.value = view.least;
    byId("least-shown").textContent = view.least > loosest ? `${view.least}%` : "any";
    slider.setAttribute("aria-valuetext", byId("least-shown").textContent);
  }
  press(byId("order"), view.original);
  press(byId("probabilities"), view.probabilities);
  document.body.classList.toggle("probabilities", view.probabilities);
  markChosen();
}

function markChosen() {
  const wanted = fold(view.name);
  for (const button of document.querySelectorAll("[data-pick-sector]")) {
    press(button, button.dataset.pickSector === view.sector);
    if (button.classList.contains("chip")) {
      const percent = JSON.parse(button.closest("article").dataset.sectors)[button.dataset.pickSector];
      button.classList.toggle("below", view.least > loosest && percent < view.least);
    }
  }
  for (const button of document.querySelectorAll("[data-pick-name]")) press(button, fold(button.dataset.pickName) === wanted);
  for (const mark of document.querySelectorAll("mark")) {
    mark.classList.toggle("found", wanted !== "" && [mark.dataset.name, mark.textContent].map(fold).includes(wanted));
  }
}

function press(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
}

function change(part) {
  view = { ...view, ...part };
  const parts = new URLSearchParams();
  if (view.sector) parts.set("sector", view.sector);
  if (view.name.trim()) parts.set("name", view.name.trim());
  if (view.least > loosest) parts.set("least", view.least);
  if (view.original) parts.set("order", "original");
  if (view.probabilities) parts.set("probabilities", "shown");
  history.replaceState(null, "", `#${parts}`);
  show();
}

function readAddress() {
  const hash = location.hash.slice(1);
  // Without "=" it is the place of a story, not a view.
  if (hash && !hash.includes("=")) return;
  const parts = new URLSearchParams(hash);
  const sectors = [...byId("sector").options].map((option) => option.value);
  const least = Number(parts.get("least"));
  view = {
    sector: sectors.includes(parts.get("sector")) ? parts.get("sector") : "",
    name: parts.get("name") || "",
    least: slider && least > loosest ? Math.min(least, Number(slider.max)) : loosest,
    original: parts.get("order") === "original",
    probabilities: parts.has("probabilities"),
  };
  show();
}

function clear() {
  byId("name").value = "";
  change({ sector: "", name: "", least: loosest });
}

function step(by) {
  const visible = [...document.querySelectorAll("main article:not([hidden])")].filter((a) => a.offsetParent);
  const at = visible.indexOf(document.activeElement.closest("article"));
  const first = visible.findIndex((a) => a.getBoundingClientRect().bottom > byId("bar").offsetHeight + 8);
  const next = visible[at === -1 ? first : Math.min(Math.max(at + by, 0), visible.length - 1)];
  if (!next) return;
  next.focus({ preventScroll: true, focusVisible: true });
  next.scrollIntoView({ block: "start" });
}

const KEYS = {
  "/": () => {
    openFields(true);
    byId("name").focus();
    byId("name").select();
  },
  j: () => step(1),
  k: () => step(-1),
  o: () => change({ original: !view.original }),
  p: () => change({ probabilities: !view.probabilities }),
  "?": () => byId("keys").showModal(),
  Escape: () => {
    document.activeElement.blur();
    clear();
  },
};

function openFields(open) {
  byId("bar").classList.toggle("open", open);
  byId("more").setAttribute("aria-expanded", String(open));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || byId("keys").open) return;
  const typing = event.target.matches("input[type=search], select");
  if (!Object.hasOwn(KEYS, event.key) || (typing && event.key !== "Escape")) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick-sector], [data-pick-name]");
  if (!button) return;
  const { pickSector, pickName } = button.dataset;
  if (pickSector !== undefined) change({ sector: view.sector === pickSector ? "" : pickSector });
  else change({ name: fold(view.name) === fold(pickName) ? "" : pickName });
});
byId("bar").addEventListener("submit", (event) => event.preventDefault());
byId("sector").addEventListener("change", (event) => change({ sector: event.target.value }));
byId("name").addEventListener("input", (event) => change({ name: event.target.value }));
if (slider) slider.addEventListener("input", () => change({ least: Number(slider.value) }));
byId("order").addEventListener("click", KEYS.o);
byId("probabilities").addEventListener("click", KEYS.p);
byId("clear").addEventListener("click", clear);
byId("clear-all").addEventListener("click", clear);
byId("show-keys").addEventListener("click", KEYS["?"]);
byId("show-all").addEventListener("click", (event) => event.target.parentElement.classList.add("all"));
byId("more").addEventListener("click", () => openFields(!byId("bar").classList.contains("open")));
window.addEventListener("hashchange", readAddress);

document.documentElement.classList.add("js");
readAddress();
show();
