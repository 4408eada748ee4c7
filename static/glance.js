// Keyboard habits. Every page works without this file.
const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll(".sheet tbody tr")];
const move = (by) => {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains("at"));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!next) return;
  all[at]?.classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a")?.focus();
};
const keys = {
  "/": () => document.querySelector("input[type=search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
  e: () => document.querySelector("[data-key=e]")?.click(),
  j: () => move(1),
  k: () => move(-1),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// One box selects all boxes of its table.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches("[data-all]")) return;
  for (const one of box.closest("table").querySelectorAll("input[name=ids]")) one.checked = box.checked;
});

// A form that failed puts the person at the first problem.
document.querySelector("[aria-invalid=true]")?.focus();
