"use strict";
// Where decisions are kept: at once in the browser's storage, and, when served, in the journal on this machine.
const packet = JSON.parse(document.getElementById("packet").textContent);
const store = (() => {
  const prefix = `sameword|${packet.mode || "code"}|${packet.study}|${packet.coder}|`;
  const mine = new Set(packet.units.map((unit) => unit.assignment_id));
  const rows = new Map();      // assignment_id -> the row that counts
  const unsent = new Map();    // rows the server has not acknowledged
  const tab = `${Date.now()}-${Math.random()}`;
  const listeners = [];
  let failed = false, sending = false, away = false;

  const tell = (what, detail) => listeners.forEach((listener) => listener(what, detail));
  const newer = (row) => { const old = rows.get(row.assignment_id); return !old || String(row.decided_at) > String(old.decided_at); };

  function keep(row) {
    try { localStorage.setItem(prefix + row.assignment_id, JSON.stringify(row)); failed = false; return true; }
    catch (error) { failed = true; tell("full", String(error)); return false; }
  }
  function put(row) {
    rows.set(row.assignment_id, row);
    const kept = keep(row);
    if (packet.served) { unsent.set(row.assignment_id, row); send(); }
    else if (kept) tell("saved");
  }
  async function send() {
    if (sending) return;
    sending = true;
    tell("sending");
    while (unsent.size) {
      const [key, row] = unsent.entries().next().value;
      try {
        const reply = await fetch("decisions", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(row) });
        const said = await reply.json().catch(() => ({}));
        if (!reply.ok) throw new Error(said.error || `the server said ${reply.status}`);
        if (unsent.get(key) === row) unsent.delete(key);
        away = false;
      } catch (error) {
        away = true; tell("away", error instanceof TypeError ? "the server does not answer" : error.message);
        setTimeout(() => { sending = false; send(); }, 1500);
        return;
      }
    }
    sending = false;
    tell("saved");
  }
  function merge(found) {
    let taken = 0;
    for (const row of found) if (row && mine.has(row.assignment_id) && newer(row)) { put(row); taken += 1; }
    return taken;
  }
  function start() {
    for (const row of (packet.served && packet.served.rows) || []) if (mine.has(row.assignment_id) && newer(row)) rows.set(row.assignment_id, row);
    try {
      localStorage.setItem(prefix + "?", "1"); localStorage.removeItem(prefix + "?");
      for (let i = 0; i < localStorage.length; i += 1) {
        const key = localStorage.key(i);
        if (!key.startsWith(prefix)) continue;
        const id = key.slice(prefix.length);
        if (!mine.has(id)) continue;
        try { const row = JSON.parse(localStorage.getItem(key)); if (newer(row)) { rows.set(id, row); if (packet.served) unsent.set(id, row); } }
        catch { /* a damaged entry is left where it is, and not used */ }
      }
    } catch (error) { failed = true; tell("full", String(error)); }
    if (unsent.size) send();
    beat(); setInterval(beat, 2000);
    addEventListener("storage", (event) => {
      if (!event.key || !event.key.startsWith(prefix) || !event.newValue) return;
      if (event.key === prefix + "tab") return beat(event.newValue);
      try { const row = JSON.parse(event.newValue); if (mine.has(row.assignment_id) && newer(row)) { rows.set(row.assignment_id, row); tell("elsewhere"); } } catch { /* not ours */ }
    });
  }
  function beat(seen) {
    try {
      const [other, when] = JSON.parse(typeof seen === "string" ? seen : localStorage.getItem(prefix + "tab") || "[0,0]");
      if (other !== tab && Date.now() - when < 5000) tell("twice"); else if (typeof seen !== "string") tell("alone");
      if (typeof seen !== "string") localStorage.setItem(prefix + "tab", JSON.stringify([tab, Date.now()]));
    } catch { /* storage is forbidden: already said */ }
  }
  const ascii = (text) => text.replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
  function file() {
    const head = { format: "sameword-journal", version: 1, study: packet.study, coder: packet.coder };
    const kept = packet.units.map((unit) => rows.get(unit.assignment_id)).filter(Boolean);
    return [head, ...kept].map((row) => ascii(JSON.stringify(row)) + "\n").join("");
  }
  return { rows, put, merge, start, file, on: (listener) => listeners.push(listener), get failed() { return failed; }, get unsent() { return unsent.size; }, get away() { return away; } };
})();
