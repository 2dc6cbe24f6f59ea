// Keys, panels, saving.
function undecidedFrom(start) {
  for (let i = 0; i < units.length; i += 1) { const j = (start + i) % units.length; if (!decided(units[j].assignment_id)) return j; }
  return -1;
}
function jump() { const found = undecidedFrom(at + 1); if (found < 0) say("Everything is decided"); else show(found); }
function onward() {
  keepMemo();
  if (settle && row() && !row().reason) { $("memo").focus(); return alerts("reason", "Please give a reason; then it counts."); }
  alerts("reason", "");
  if (at < units.length - 1) show(at + 1); else if (undecidedFrom(0) >= 0) jump(); else finish();
}
// Accepting what most readers said, for every text that is still open and where most did say the same.
function majority(u) {
  const said = new Map(), voting = u.votes.filter((vote) => vote.values.length);
  for (const vote of voting) for (const value of vote.values) said.set(value, (said.get(value) || 0) + 1);
  return voting.length > 2 ? [...said].filter(([, count]) => count * 2 > voting.length).map(([value]) => value).sort() : [];
}
const acceptable = () => units.filter((u) => !decided(u.assignment_id) && majority(u).length);
function drawBulk() { const n = settle ? acceptable().length : 0; $("bulk").hidden = !n; $("accept").textContent = `Accept what most readers said, ${n} open ${n === 1 ? "text" : "texts"}`; }
function accept() {
  for (const u of acceptable()) commit({ assignment_id: u.assignment_id, unit_kind: u.unit_kind, unit_id: u.unit_id, digest: u.digest, values: majority(u), outcome: "value", reason: "accepted what most readers said",
    decided_by: packet.deciders, basis: packet.basis, codebook_version: packet.codebook_version }, false);
  draw(); say("Accepted");
}
function finish() { say("Everything is decided"); $("save").focus(); }
function toggleOthers() {
  const u = unit(), panel = $("answers"), rest = (packet.others[u.person] || []).filter((other) => other.response !== u.response);
  panel.hidden = !panel.hidden; $("others").setAttribute("aria-expanded", String(!panel.hidden));
  if (panel.hidden) return;
  seen.add("other_answers");
  panel.replaceChildren(...rest.flatMap((other) => [make("p", { class: "asked" }, other.question, other.item ? ` (${other.item})` : ""), make("p", { dir: "auto" }, other.answer)]));
}

// Marking words: arrows move, Shift extends, Enter keeps the words for the next code that is chosen.
function words() { const text = $("excerpt").textContent; return [...text.matchAll(/\S+/g)].map((m) => [m.index, m.index + m[0].length]); }
function startMarking() {
  if (!$("excerpt") || !words().length) return;
  marking = { from: 0, to: 0, words: words() };
  drawMarking(); say("Marking words: arrows move, Shift and arrows extend, Enter keeps, Escape leaves");
}
function drawMarking() {
  const text = $("excerpt").textContent, [low, high] = [Math.min(marking.from, marking.to), Math.max(marking.from, marking.to)];
  const start = marking.words[low][0], end = marking.words[high][1];
  $("excerpt").replaceChildren(text.slice(0, start), make("span", { class: "at" }, text.slice(start, end)), text.slice(end));
  $("excerpt").querySelector(".at").scrollIntoView({ block: "nearest" });
  picked = { start: points(text, start), end: points(text, end) };
}
// Splitting an answer: arrows move between words, Enter splits there or joins again, Escape leaves.
function startSplitting() {
  if (!$("excerpt") || settle) return;
  const found = words(), text = $("excerpt").textContent, last = Math.max(0, ...((row() && row().splits) || []).map((n) => utf16(text, n)));
  if (found.length < 2) return say("There is only one word here");
  const after = found.findIndex(([start]) => start >= (caret === null ? last + 1 : caret));
  splitting = { words: found, at: after > 0 ? after : caret === null ? 1 : found.length - 1 }; marking = null;
  drawSplitting(); say("Splitting: arrows move, Enter splits or joins, Escape leaves");
}
function drawSplitting() {
  $("excerpt").replaceChildren(...spanned($("excerpt").textContent));
  if (splitting) $("excerpt").querySelector(".cut.at").scrollIntoView({ block: "nearest" });
}
function splittingKey(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) { splitting.at = Math.max(1, Math.min(splitting.words.length - 1, splitting.at + step)); drawSplitting(); say(`Before ${$("excerpt").textContent.slice(...splitting.words[splitting.at])}`); }
  else if (event.key === "Enter") {
    const place = points($("excerpt").textContent, splitting.words[splitting.at][0]), old = (row() && row().splits) || [];
    decide({ splits: old.includes(place) ? old.filter((n) => n !== place) : [...old, place].sort((a, b) => a - b) });
    say(old.includes(place) ? "Joined" : "Split");
  } else { splitting = null; drawSplitting(); return event.key === "Escape"; }
  return true;
}
function markingKey(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) { marking.to = Math.max(0, Math.min(marking.words.length - 1, marking.to + step)); if (!event.shiftKey) marking.from = marking.to; drawMarking(); }
  else if (event.key === "Enter") { marking = null; say("Now choose the code for these words"); }
  else if (event.key === "Escape") { marking = null; picked = null; drawDecision(); }
  else { marking = null; return false; }
  return true;
}
document.addEventListener("selectionchange", () => {
  const chosen = getSelection(), part = $("excerpt");
  caret = null;
  if (part && !settle && chosen.rangeCount && chosen.isCollapsed && part.contains(chosen.anchorNode)) {
    const upTo = document.createRange();
    upTo.selectNodeContents(part); upTo.setEnd(chosen.anchorNode, chosen.anchorOffset);
    caret = upTo.toString().length;
  }
  if (!part || settle || !chosen.rangeCount || chosen.isCollapsed || !part.contains(chosen.anchorNode) || !part.contains(chosen.focusNode)) return;
  const range = chosen.getRangeAt(0), before = range.cloneRange();
  before.selectNodeContents(part); before.setEnd(range.startContainer, range.startOffset);
  const text = part.textContent, start = before.toString().length;
  picked = { start: points(text, start), end: points(text, start + range.toString().length) };
});

function sheet(title, ...content) { $("sheet-title").textContent = title; $("sheet-body").replaceChildren(...content); $("sheet").showModal(); }
const KEYS = [["1 2 3 …", "choose a code or sense, again to take it back"], ["Enter or →", "next text"], ["←", "back"], ["g", "next undecided text"], ["n", "no code applies, or none of these senses"], ["u", "unsure"],
  ["x", "cannot be coded; the text does not tell"], ["/", "find a code; Enter chooses the first"], ["d", "definitions of all codes"], ["h", "mark words for a code"], ["c", "split the text: arrows move, Enter splits or joins"], ["m", "memo; Escape leaves it"], ["o", "this person's other answers"], ["z", "undo"], ["l", "all texts"], ["p", "pause"], ["s", "save my work"], ["?", "these keys"]];
function help() { sheet("Keys", make("dl", { class: "keys" }, ...KEYS.flatMap(([key, what]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)]))); }
function definitions() { const open = [...$("codes").querySelectorAll(".what")].some((b) => b.getAttribute("aria-expanded") === "false"); for (const b of $("codes").querySelectorAll(".what")) if ((b.getAttribute("aria-expanded") === "false") === open) b.click(); }
function listAll() {
  const input = make("input", { type: "search", "aria-label": "Find in texts", placeholder: "Find in texts" }), found = make("ul", { class: "texts" });
  const fill = () => {
    const want = input.value.toLowerCase(), hits = [];
    for (let i = 0; i < units.length && hits.length < 200; i += 1) if (!want || units[i].answer.toLowerCase().includes(want)) hits.push(i);
    found.replaceChildren(...hits.map((i) => make("li", {}, make("button", { type: "button", on: () => { $("sheet").close(); show(i); } }, make("span", {}, String(i + 1)), make("span", { class: "words", dir: "auto" }, units[i].answer.slice(Math.max(0, utf16(units[i].answer, units[i].start) - 20)).slice(0, 90)),
      make("span", { class: "said" }, decided(units[i].assignment_id) ? values(row(units[i].assignment_id)).map((v) => names.get(v) || v).join(", ") || SAID[outcome(row(units[i].assignment_id))] || "decided" : "open")))));
  };
  input.addEventListener("input", fill); fill();
  sheet("All texts", input, found);
}
function pause() { spent += performance.now() - began; document.body.classList.add("paused"); sheet("Paused", make("p", {}, "Your decisions are kept. The clock stands still.")); $("close").textContent = "Go on"; }
$("sheet").addEventListener("close", () => { if (document.body.classList.contains("paused")) { document.body.classList.remove("paused"); began = performance.now(); $("close").textContent = "Close"; } $("number").focus({ preventScroll: true }); });
document.addEventListener("visibilitychange", () => { if (document.hidden) { spent += performance.now() - began; keepMemo(); } began = performance.now(); });

function save() {
  keepMemo();
  if (packet.served) return say(store.unsent ? "Some decisions are not in the journal yet" : "Everything is in the journal");
  const now = new Date(), two = (n) => String(n).padStart(2, "0");
  const stamp = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const link = make("a", { download: `${packet.study}.${packet.coder.replace(/[^\p{L}\p{N}_-]+/gu, "-")}.${stamp}.jsonl`, href: URL.createObjectURL(new Blob([store.file()], { type: "application/jsonl" })) });
  document.body.append(link); link.click(); link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  $("saved").textContent = "Downloaded"; say(`Saved as ${link.download}`);
}
async function load(file) {
  if (!file) return;
  const rows = (await file.text()).split("\n").map((line) => { try { return JSON.parse(line); } catch { return null; } });
  if (!rows[0] || rows[0].format !== "sameword-journal") return alerts("load", "This is not a file of saved work.");
  if (rows[0].study !== packet.study || rows[0].coder !== packet.coder) return alerts("load", `This file is of ${rows[0].coder}, study ${rows[0].study}. It was not loaded.`);
  alerts("load", ""); say(`${store.merge(rows.slice(1))} decisions taken from the file`); draw();
}
function alerts(id, text) {
  const old = $("alert-" + id);
  if (!text) { if (old) old.remove(); return; }
  if (old) { if (old.textContent !== text) old.textContent = text; } else $("alerts").append(make("p", { id: "alert-" + id }, text));
}
function theme() { const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches; root.dataset.theme = dark ? "light" : "dark"; try { localStorage.setItem("sameword|theme", root.dataset.theme); } catch { /* said elsewhere */ } }
function menu(open) { $("menu").hidden = !open; $("more").setAttribute("aria-expanded", String(open)); }

const COMMANDS = { c: startSplitting, g: jump, h: startMarking, l: listAll, m: () => $("memo").focus(), o: () => { if (!$("others").hidden) toggleOthers(); }, p: pause, s: save, z: undo, d: definitions, "?": help, "/": () => { if (!document.querySelector(".find").hidden) $("find").focus(); } };
document.addEventListener("keydown", (event) => {
  if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || $("sheet").open) return;
  const field = event.target.closest("input, textarea");
  if (field) {
    if (event.key === "Escape") { if (field === $("find")) { field.value = ""; filter = ""; drawCodes(); drawDecision(); } field.blur(); $("number").focus({ preventScroll: true }); event.preventDefault(); }
    if (event.key === "Enter" && field === $("find")) { const first = $("codes").querySelector(".choice"); if (first) { decide({ toggle: first.dataset.code }); field.value = ""; filter = ""; drawCodes(); drawDecision(); field.blur(); } event.preventDefault(); }
    return;
  }
  if (splitting && splittingKey(event)) return event.preventDefault();
  if (marking && markingKey(event)) return event.preventDefault();
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key, onButton = event.target.closest("button");
  if (pressed === "Escape") { menu(false); picked = null; return; }
  if (pressed === "ArrowRight") show(at + 1); else if (pressed === "ArrowLeft") show(at - 1);
  else if (pressed === "Enter" && !onButton) onward();
  else {
    const state = statesOf(unit()).find(([key]) => key === pressed);
    const place = LETTERS.indexOf(pressed), code = place >= 0 && pressed.length === 1 ? options(unit()).flatMap((part) => part.codes)[place] : null;
    if (state) decide({ state: outcome(row()) === state[1] ? "" : state[1] }); else if (COMMANDS[pressed]) COMMANDS[pressed](); else if (code) { decide({ toggle: code.id }); say(`${code.name} ${values(row()).includes(code.id) ? "chosen" : "taken back"}`); } else return;
  }
  event.preventDefault();
});
for (const [id, act] of Object.entries({ back: () => show(at - 1), next: () => show(at + 1), undecided: jump, others: toggleOthers, mark: startMarking, undo, onward, save, accept, list: listAll, load: () => $("file").click(), pause, theme, help, close: () => $("sheet").close(), more: () => menu($("menu").hidden) }))
  $(id).addEventListener("click", act);
$("menu").addEventListener("click", () => menu(false));
document.addEventListener("click", (event) => { if (!event.target.closest(".tools")) menu(false); });
$("file").addEventListener("change", () => { load($("file").files[0]); $("file").value = ""; });
$("memo").addEventListener("change", () => { if (!row() && $("memo").value && !settle) decide({}); else keepMemo(); });
$("find").addEventListener("input", () => { filter = $("find").value.toLowerCase().trim(); drawCodes(); drawDecision(); });
addEventListener("beforeunload", (event) => { keepMemo(); if (store.failed || store.unsent) event.preventDefault(); });

store.on((what, detail) => {
  if (what === "saved") { $("saved").textContent = packet.served ? "In the journal" : "Kept"; alerts("away", ""); alerts("full", ""); }
  if (what === "sending") $("saved").textContent = "Saving …";
  if (what === "full") { $("saved").textContent = "Not kept!"; alerts("full", "This browser does not let the page keep your work (storage is full or forbidden). Press Save my work now, and often."); }
  if (what === "away") { $("saved").textContent = "Not in the journal"; alerts("away", `Not in the journal yet: ${detail}. Go on working; the page keeps trying.`); }
  if (what === "twice") alerts("twice", "This page is open in another tab too. Please work in one of them.");
  if (what === "alone") alerts("twice", "");
  if (what === "elsewhere") draw();
  if (settle) drawBulk();
});
try { const chosen = localStorage.getItem("sameword|theme"); if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen; } catch { /* said below */ }
document.title = `${packet.title} · ${packet.coder}`;
if (packet.manners && packet.manners.note) { $("manners").textContent = packet.manners.note; $("manners").hidden = false; }
$("title").textContent = packet.title; $("coder").textContent = settle ? "Settling differences" : `Coder: ${packet.coder}`;
if (settle) document.querySelector('label[for="memo"]').firstChild.textContent = "Reason ";
if (packet.served) $("save").hidden = true;
store.start();
if (settle) drawBulk();
if (!units.length) { $("number").textContent = "Nothing to do"; document.querySelector("main").hidden = true; }
else {
  let first = undecidedFrom(0);
  try { const last = localStorage.getItem(`sameword|at|${packet.study}|${packet.coder}`), index = units.findIndex((u) => u.assignment_id === last); if (index >= 0) first = index; } catch { /* said above */ }
  show(Math.max(0, first), false); drawProgress();
}
