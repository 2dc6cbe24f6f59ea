"use strict";
// Everything readable stands in the page already; this adds search, filters, sorting and links into what is folded.
const $ = (id) => document.getElementById(id);
const say = JSON.parse($("found").dataset.say);
const count = (forms, place, n) => forms[n === 1 ? 0 : 1].replace(place, n);
const all = (within, what) => [...within.querySelectorAll(what)];
const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
const entries = all(document, ".entry").map((entry) => ({
  entry,
  head: fold(entry.dataset.label + " " + all(entry, ".summary").map((p) => p.textContent).join(" ")),
  senses: all(entry, "article").map((sense) => ({
    sense, text: fold(all(sense, "h3, .definition, dd, .quote").map((part) => part.textContent).join(" ")),
  })),
  quotes: all(entry, ".quote"),
  lines: all(entry, "tr.line").map((line) => ({ line, text: fold(line.textContent) })),
  usages: entry.querySelector("details.usages"),
}));
const filters = all(document, "select[data-by]");

function passes(node) {
  return filters.every((filter) => !filter.value || node.dataset[filter.dataset.by] === filter.value);
}

function show() {
  const words = fold($("search").value).split(/\s+/).filter(Boolean);
  const has = (text) => words.every((word) => text.includes(word));
  const filtered = filters.some((filter) => filter.value);
  let terms = 0, usages = 0;
  for (const one of entries) {
    const whole = !words.length || has(one.head);
    let any = false, shown = 0;
    for (const { sense, text } of one.senses) {
      sense.hidden = !(whole || has(text));
      any = any || !sense.hidden;
    }
    for (const quote of one.quotes) quote.hidden = filtered && !passes(quote);
    for (const { line, text } of one.lines) {
      line.hidden = !((whole || has(text)) && passes(line));
      shown += !line.hidden;
    }
    one.entry.hidden = filtered ? !shown : !(any || shown);
    if (one.usages) {
      one.usages.querySelector(".count").textContent = words.length || filtered ? say.shown.replace("{shown}", shown).replace("{all}", one.lines.length) : "";
      if ((words.length || filtered) && shown && !one.entry.hidden) one.usages.open = true;
    }
    if (!one.entry.hidden) { terms += 1; usages += shown; }
  }
  for (const link of all(document, ".contents a[href^='#']")) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (target && target.classList.contains("entry")) link.parentElement.hidden = target.hidden;
  }
  const asked = words.length || filtered;
  $("found").textContent = asked ? `${count(say.terms, "{terms}", terms)}, ${count(say.usages, "{usages}", usages)}` +
    (terms ? "" : say.nothing) : "";
  $("clear").hidden = !asked;
}

const side = {
  right: (line) => words(line, ".right"),
  left: (line) => words(line, ".left").reverse(),
  sense: (line) => [line.dataset.rank.padStart(4, "0"), ...words(line, ".right")],
  person: (line) => [line.dataset.person],
};
function words(line, what) {
  return fold(line.querySelector(what).textContent).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}
function compare(a, b) {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    if (a[i] === undefined || b[i] === undefined) return a[i] === undefined ? -1 : 1;
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}
function sort() {
  const key = side[$("sort").value];
  for (const body of all(document, ".kwic tbody")) {
    const keyed = all(body, "tr").map((line) => [key(line), line.id, line]);
    keyed.sort((a, b) => compare(a[0], b[0]) || (a[1] < b[1] ? -1 : 1));
    body.append(...keyed.map(([, , line]) => line));
  }
  for (const said of all(document, ".sorted")) said.textContent = $("sort").selectedOptions[0].textContent;
}

function reach() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.closest("[hidden]")) clear();
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  target.scrollIntoView({ block: "start" });
}
function clear() {
  $("search").value = "";
  for (const filter of filters) filter.value = "";
  show();
}
function point(event, on) {
  const dot = document.getElementById(`dot-${event.currentTarget.id}`);
  if (dot) dot.classList.toggle("on", on);
}

document.documentElement.classList.remove("no-script");
$("search").addEventListener("input", show);
$("clear").addEventListener("click", () => { clear(); $("search").focus(); });
for (const filter of filters) filter.addEventListener("change", show);
$("sort").addEventListener("change", sort);
addEventListener("hashchange", reach);
addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); $("search").focus(); }
});
for (const { lines } of entries) for (const { line } of lines) {
  line.addEventListener("mouseenter", (event) => point(event, true));
  line.addEventListener("mouseleave", (event) => point(event, false));
}
for (const dot of all(document, ".dot[data-usage]")) dot.addEventListener("click", () => { location.hash = dot.dataset.usage; });
reach();
