// The desk: one text at a time, its decisions, and keys for everything. Respondents' words enter as text nodes only.
const $ = (id) => document.getElementById(id);
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value; else if (name === "on") element.addEventListener("click", value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
const settle = packet.mode === "settle";
const units = packet.units;
const LETTERS = "123456789abefijkqrtvwy";   // c d g h l m n o p s u x z have meanings of their own
const STATES = {
  excerpt: [["n", "no_code", "No code applies"], ["u", "unsure", "Unsure"], ["x", "cannot_code", "Cannot be coded"]],
  usage: [["n", "none", "None of these senses"], ["x", "cannot_code", "The text does not tell"], ["u", "unsure", "Unsure"]],
  pair: [["x", "cannot_code", "Cannot tell"], ["u", "unsure", "Unsure"]],
  settle: [["u", "unresolved", "Unresolved"], ["0", "codebook", "Change the codebook"]],
};
const VALUES = ["no_code", "none", "cannot_code"];   // what may be settled on besides codes and senses
const statesOf = (u) => settle ? [...STATES[u.unit_kind].filter(([, id]) => VALUES.includes(id)), ...STATES.settle] : STATES[u.unit_kind];
const FLAGS = [["split", "Split here"], ["refers", "Refers to another answer"], ...((packet.manners || {}).flags || [])];
const SAID = { coded: "", no_code: "no code", none: "none", unsure: "unsure", cannot_code: "cannot be coded", skipped: "set aside" };
const SCALE = [["1", "Unrelated", "Two meanings that have nothing to do with each other."], ["2", "Distantly related", "Different meanings with something in common."], ["3", "Closely related", "Nearly the same, with a shade of difference."], ["4", "The same meaning", "The word means the same thing in both."]].map(([id, name, definition]) => ({ id, name, definition }));
const codes = packet.themes.flatMap((theme) => theme.codes);
const names = new Map([...codes.map((code) => [code.id, code.name]), ...Object.values(packet.terms).flatMap((term) => term.senses.map((sense) => [sense.id, sense.name])),
  ...SCALE.map((step) => [step.id, step.name.toLowerCase()]), ["none", "none of these senses"], ["no_code", "no code applies"], ["cannot_code", "cannot tell"]]);

let at = 0, splitting = null, caret = null, began = performance.now(), spent = 0, seen = new Set(), past = [], picked = null, marking = null, filter = "";
const unit = () => units[at];
const row = (id = unit().assignment_id) => { const found = store.rows.get(id); return found && !found.undone ? found : null; };
const decided = (id) => { const found = row(id); return Boolean(found) && (!settle || Boolean(found.reason)); };
const options = (u) => u.unit_kind === "pair" ? [{ id: "", name: "", codes: SCALE }] : u.unit_kind === "usage"
  ? [{ id: "", name: "", codes: ((packet.terms[u.term_id] || {}).senses || []) }] : packet.themes;
const utf16 = (text, n) => { let i = 0; for (; n > 0 && i < text.length; n -= 1) i += text.codePointAt(i) > 0xffff ? 2 : 1; return i; };
const points = (text, n) => { let count = 0; for (let i = 0; i < n; count += 1) i += text.codePointAt(i) > 0xffff ? 2 : 1; return count; };

function values(found) {
  if (!found) return [];
  if (settle) return found.values || [];
  return found.unit_kind !== "excerpt" ? (found.value ? found.value.split("|") : []) : (found.codes || []).map((code) => code.code_id);
}
function outcome(found) {
  if (!found) return "";
  if (settle) return found.outcome !== "value" ? found.outcome : VALUES.find((value) => found.values.includes(value)) || "";
  return found.unit_kind === "usage" && found.value === "none" ? "none" : found.state === "coded" ? "" : found.state;
}
function decide(change) {
  const u = unit(), old = row(), said = values(old);
  const next = {
    assignment_id: u.assignment_id, unit_kind: u.unit_kind, unit_id: u.unit_id, digest: u.digest, state: "coded", codes: (old && old.codes) || [], value: (old && old.value) || null,
    flags: (old && old.flags) || [], splits: (old && old.splits) || [], memo: $("memo").value, codebook_version: packet.codebook_version, decided_at: "", seconds: 0, screen: ["answer", "question", ...(u.item ? ["item"] : []), ...new Set((u.facts || []).map((fact) => fact.kind)), "codebook", ...seen],
  };
  if (settle) Object.assign(next, { values: said, outcome: (old && old.outcome) || "", reason: $("memo").value, decided_by: packet.deciders, basis: packet.basis, state: undefined, codes: undefined, value: undefined, splits: undefined });
  const state = change.state !== undefined ? change.state : outcome(old);
  let chosen = change.toggle ? (said.includes(change.toggle) ? said.filter((v) => v !== change.toggle) : [...said.filter((v) => !VALUES.includes(v)), change.toggle]) : change.state ? [] : said.filter((v) => v !== "none");
  if (u.unit_kind === "pair" && change.toggle) chosen = chosen.includes(change.toggle) ? [change.toggle] : [];
  if (change.flag) next.flags = next.flags.includes(change.flag) ? next.flags.filter((f) => f !== change.flag) : [...next.flags, change.flag];
  if (change.splits) Object.assign(next, { splits: change.splits, flags: [...next.flags.filter((f) => f !== "split"), ...(change.splits.length ? ["split"] : [])] });
  const stated = change.toggle ? "" : state;
  if (settle) { next.values = VALUES.includes(stated) ? [stated] : stated ? [] : chosen; next.outcome = next.values.length ? "value" : stated; }
  else if (u.unit_kind !== "excerpt") next.value = stated === "none" ? "none" : stated ? null : chosen.join("|") || null;
  else {
    const spans = new Map(next.codes.map((code) => [code.code_id, code]));
    next.codes = stated ? [] : chosen.map((id) => spans.get(id) || { code_id: id, start: null, end: null });
    if (change.toggle && picked && chosen.includes(change.toggle)) Object.assign(next.codes.find((code) => code.code_id === change.toggle), picked);
    picked = null;
  }
  if (!settle) next.state = stated === "none" ? "coded" : stated || (chosen.length ? "coded" : next.flags.length ? "skipped" : "");
  if (settle ? !next.outcome : !next.state) { next.state = settle ? undefined : "skipped"; next.undone = true; }
  commit(next);
}
function commit(next, remember = true) {
  const old = store.rows.get(next.assignment_id) || null;
  if (remember) { past.push([at, old, next]); if (past.length > 500) past.shift(); }
  const last = old ? Date.parse(old.decided_at) || 0 : 0;
  next.decided_at = new Date(Math.max(Date.now(), last + 1)).toISOString();
  next.seconds = Math.round(spent + performance.now() - began) / 1000;
  store.put(next);
  drawDecision(); drawProgress();
}
function undo() {
  const step = past.pop();
  if (!step) return say("Nothing to undo");
  const [where, old, next] = step;
  if (where !== at) show(where);
  commit(old ? { ...old } : { ...next, undone: true }, false);
  $("memo").value = (row() && (settle ? row().reason : row().memo)) || "";
  draw(); say("Undone");
}
const say = (text) => { $("live").textContent = text; };

// --- drawing -------------------------------------------------------------------------------------------------------
function show(index, focus = true) {
  keepMemo();
  at = Math.max(0, Math.min(units.length - 1, index));
  began = performance.now(); spent = 0; seen = new Set(); picked = null; marking = null; splitting = null; caret = null;
  if (packet.others_visible) seen.add("other_answers");
  $("answers").hidden = true; $("others").setAttribute("aria-expanded", "false");
  try { localStorage.setItem(`sameword|at|${packet.study}|${packet.coder}`, unit().assignment_id); } catch { /* said elsewhere */ }
  if (filter) { filter = ""; $("find").value = ""; }
  draw();
  $("unit").scrollTop = 0;
  const mark = $("unit").querySelector("mark");
  if (mark && mark.offsetTop - $("unit").offsetTop > $("unit").clientHeight) $("unit").scrollTop = mark.offsetTop - $("unit").offsetTop - 40;
  if (focus) $("number").focus({ preventScroll: true });
}
function draw() { drawText(); drawCodes(); drawDecision(); drawProgress(); }
function drawText() {
  const u = unit(), kind = { usage: "Usage", pair: "Pair", excerpt: "Excerpt" }[u.unit_kind], used = u.unit_kind !== "excerpt";
  $("number").textContent = `${kind} ${at + 1} of ${units.length}`;
  $("question").replaceChildren(u.question, u.item ? make("span", { class: "item" }, u.item) : "");
  const start = utf16(u.answer, u.start), end = utf16(u.answer, u.end), whole = start === 0 && end === u.answer.length;
  const middle = used ? make("mark", { class: "usage" }, u.answer.slice(start, end)) : make(whole ? "span" : "mark", { id: "excerpt" }, ...spanned(u.answer.slice(start, end)));
  $("unit").replaceChildren(make("div", { dir: "auto" }, make("span", { class: used ? "" : "around" }, u.answer.slice(0, start)), middle, make("span", { class: used ? "" : "around" }, u.answer.slice(end))));
  if (u.other) $("unit").append(second(u.other));
  $("facts").hidden = !(u.facts || []).length;
  $("facts").replaceChildren(...(u.facts || []).map((fact) => make("div", {}, make("dt", { dir: "auto" }, fact.label), make("dd", { dir: "auto" }, fact.value))));
  $("mark").hidden = used || settle;
  $("memo").value = (row() && (settle ? row().reason : row().memo)) || "";
  $("others").hidden = (packet.others[u.person] || []).filter((other) => other.response !== u.response).length === 0;
  $("back").disabled = at === 0; $("next").disabled = at === units.length - 1;
  const term = packet.terms[u.term_id];
  $("ask").textContent = settle ? "What shall count?" : u.unit_kind === "pair" ? `How close are the two meanings of “${term ? term.label : u.term_id}”?` : u.unit_kind === "usage" ? `In which sense is “${term ? term.label : u.term_id}” meant here? More than one is possible.` : "Which codes apply? More than one is possible.";
  document.querySelector(".find").hidden = options(u).reduce((sum, theme) => sum + theme.codes.length, 0) < 8;
  $("votes").hidden = !settle;
  if (settle) $("votes").replaceChildren(make("table", {}, make("tbody", {}, ...u.votes.map((vote) => make("tr", {}, make("th", { scope: "row", dir: "auto" }, vote.coder),
    make("td", {}, vote.values.map((v) => names.get(v) || v).join(", ") || SAID[vote.state] || vote.state, vote.memo ? make("div", { class: "said", dir: "auto" }, vote.memo) : null))))));
}
function second(other) {
  const start = utf16(other.answer, other.start), end = utf16(other.answer, other.end);
  return make("div", { class: "second" }, make("p", { class: "asked" }, other.question, other.item ? ` (${other.item})` : ""),
    make("div", { dir: "auto" }, other.answer.slice(0, start), make("mark", { class: "usage" }, other.answer.slice(start, end)), other.answer.slice(end)));
}
function spanned(text) {
  const found = row(), spans = found && found.codes ? found.codes.filter((code) => code.start !== null && code.start !== undefined) : [];
  const split = new Set(((found && found.splits) || []).map((n) => utf16(text, n))), here = splitting ? splitting.words[splitting.at][0] : -1;
  if (!spans.length && !split.size && here < 0) return [text];
  const cuts = [...new Set([0, text.length, ...split, ...(here > 0 ? [here] : []), ...spans.flatMap((s) => [utf16(text, s.start), utf16(text, s.end)])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).flatMap((from, i) => {
    const over = spans.filter((s) => utf16(text, s.start) <= from && utf16(text, s.end) >= cuts[i + 1]);
    const bar = split.has(from) || from === here ? [make("span", { class: `cut${split.has(from) ? "" : " maybe"}${from === here ? " at" : ""}`, "aria-hidden": "true" })] : [];
    return [...bar, over.length ? make("span", { class: "span", title: over.map((s) => names.get(s.code_id)).join(", ") }, text.slice(from, cuts[i + 1])) : text.slice(from, cuts[i + 1])];
  });
}
function drawCodes() {
  let number = 0;
  const shown = options(unit()).map((theme) => ({ theme, codes: theme.codes.map((code) => ({ code, key: LETTERS[number++] || "" })).filter(({ code }) => !filter || (code.name + " " + code.id + " " + code.definition).toLowerCase().includes(filter)) }));
  $("codes").replaceChildren(...shown.filter((part) => part.codes.length).map(({ theme, codes: list }) => make("div", { class: "theme", role: "group", "aria-label": theme.name || "Senses" },
    theme.name ? make("h3", {}, dot(theme.colour), theme.name) : null, ...list.map(({ code, key }) => choice(code, key)))));
  if (!$("codes").children.length) $("codes").append(make("p", {}, filter ? "No code has these letters." : "There is nothing to choose from yet."));
}
function dot(colour) { const found = make("span", { class: "dot" }); if (/^#[0-9a-fA-F]{3,8}$/.test(colour || "")) found.style.background = colour; return found; }
// A usage in an anchor's quote stands between ⟦ and ⟧, as in the spreadsheet.
function quoted(text) { return text.split(/[⟦⟧]/).map((part, i) => i % 2 ? make("mark", { class: "usage" }, part) : part); }
function choice(code, key) {
  const about = make("dl", { hidden: "" });
  for (const [word, ...texts] of [["Meaning", code.definition], ["How to tell", code.tell], ["Include", code.include], ["Exclude", code.exclude], ["For example", (code.positive || []).join(" · ")], ["But not", (code.negative || []).join(" · ")], ["In answers", ...(code.anchors || [])]])
    if (texts.some(Boolean)) about.append(make("dt", {}, word), ...texts.map((text) => make("dd", { dir: "auto" }, ...quoted(text))));
  const button = make("button", { type: "button", class: "choice", "data-code": code.id, "aria-pressed": "false", on: () => decide({ toggle: code.id }) }, key ? make("kbd", {}, key) : null, make("span", { dir: "auto" }, code.name));
  const what = make("button", { type: "button", class: "what", "aria-expanded": "false", "aria-label": `What ${code.name} means`, on: () => { about.hidden = !about.hidden; what.setAttribute("aria-expanded", String(!about.hidden)); } }, "?");
  return make("div", { class: "row" }, button, about.children.length ? what : make("span"), about);
}
function drawDecision() {
  const found = row(), said = new Set(values(found)), state = outcome(found);
  for (const button of $("codes").querySelectorAll(".choice")) button.setAttribute("aria-pressed", String(said.has(button.dataset.code)));
  $("states").replaceChildren(...statesOf(unit()).map(([key, id, text]) => make("button", { type: "button", "data-state": id, "aria-pressed": String(state === id), on: () => decide({ state: state === id ? "" : id }) }, make("kbd", {}, key), text)));
  $("flags").replaceChildren(...(settle ? [] : FLAGS.filter(([id]) => id !== "split" || unit().unit_kind === "excerpt")).map(([id, text]) => make("button", { type: "button", "data-flag": id, "aria-pressed": String(Boolean(found && (found.flags || []).includes(id))), on: () => id === "split" ? startSplitting() : decide({ flag: id }) }, text, id === "split" ? make("kbd", {}, "c") : null)));
  const part = $("unit").querySelector("#excerpt");
  if (part && !marking) part.replaceChildren(...spanned(part.textContent));
}
function drawProgress() {
  const done = units.reduce((sum, u) => sum + (decided(u.assignment_id) ? 1 : 0), 0), left = units.length - done;
  $("done").style.width = `${(100 * done) / Math.max(1, units.length)}%`;
  $("track").setAttribute("aria-valuenow", done); $("track").setAttribute("aria-valuemax", units.length); $("track").setAttribute("aria-valuetext", `${done} of ${units.length} decided`);
  const pace = units.map((u) => row(u.assignment_id)).filter(Boolean).map((r) => r.seconds).filter((s) => s > 0 && s < 600).sort((a, b) => a - b);
  const minutes = pace.length > 4 ? Math.ceil((left * pace[pace.length >> 1]) / 60) : 0;
  if (packet.manners && !packet.manners.counts) { $("track").hidden = true; if (left) { $("remains").textContent = "Take your time"; return; } }
  $("remains").textContent = left ? `${done} of ${units.length} decided, ${left} to go${minutes ? `, about ${minutes} min` : ""}` : `All ${units.length} decided. ${packet.served ? "Everything is in the journal." : "Please press Save my work and send the file."}`;
}
function keepMemo() {
  const found = row(), memo = $("memo").value;
  if (!units.length || !found || memo === ((settle ? found.reason : found.memo) || "")) return;
  commit(settle ? { ...found, reason: memo } : { ...found, memo });
}
