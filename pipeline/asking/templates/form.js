"use strict";
// Everything stays on this machine until the person saves a file and sends it: the page's policy forbids any network.
(() => {
  const about = JSON.parse(document.getElementById("about").textContent);
  const form = document.getElementById("form");
  const boxes = (code) => [...form.querySelectorAll(`[name="${code}"]`)];
  const value = (code) => {
    const found = boxes(code);
    if (found.length === 1 && found[0].tagName === "TEXTAREA") return found[0].value.trim();
    return found.filter((box) => box.checked).map((box) => box.value).join("|");
  };
  const cell = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const tell = () => {
    const done = about.groups.filter((codes) => codes.some((code) => value(code) !== "")).length;
    document.getElementById("state").textContent = about.state
      .replace("{done}", done).replace("{all}", about.groups.length);
  };
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type === "checkbox" && box.checked) {
      for (const other of boxes(box.name)) {
        if (other !== box && ("alone" in box.dataset || "alone" in other.dataset)) other.checked = false;
      }
    }
    tell();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("save").addEventListener("click", () => {
    const names = ["token", ...about.constants.map((pair) => pair[0]), ...about.codes];
    const row = [about.token, ...about.constants.map((pair) => pair[1]), ...about.codes.map(value)];
    const text = `\ufeff${names.map(cell).join(",")}\r\n${row.map(cell).join(",")}\r\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = about.file;
    link.click();
    URL.revokeObjectURL(link.href);
    document.getElementById("name").textContent = about.file;
    document.getElementById("after").hidden = false;
  });
  tell();
})();
