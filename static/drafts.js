// Drafts of the form somebody fills in in the field, and of no other: kept in this browser until it is saved, restored after
// a reload or a dead connection, gone when the person signs out, which warns first. The page works without this file.
const MARK = "glance-draft:";
const every = () => Object.keys(localStorage).filter((key) => key.startsWith(MARK));
const kept = (form) => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.type !== "file");
const keep = (form) => {
  const values = kept(form).map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value]);
  localStorage.setItem(MARK + form.dataset.draft, JSON.stringify(values));
};
const restore = (form) => {
  const text = localStorage.getItem(MARK + form.dataset.draft);
  if (!text) return;
  const values = new Map(JSON.parse(text));
  let differs = false;
  for (const one of kept(form)) {
    if (!values.has(one.name)) continue;
    const value = values.get(one.name);
    const now = one.type === "checkbox" ? one.checked : one.value;
    if (now === value) continue;
    differs = true;
    if (one.type === "checkbox") one.checked = value;
    else one.value = value;
    one.closest("details")?.setAttribute("open", "");
  }
  const told = document.querySelector("[data-draft-told]");
  if (differs && told) told.hidden = false;
};

try {
  const saved = document.querySelector("[data-draft-saved]");
  if (saved) localStorage.removeItem(MARK + saved.dataset.draftSaved);
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("change", () => keep(form));
  }
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", (event) => {
    const drafts = every();
    if (drafts.length === 0) return;
    const one = drafts.length === 1;
    const words = `${one ? "A log entry is" : `${drafts.length} log entries are`} typed and not saved. Signing out deletes ${one ? "it" : "them"} from this device.`;
    if (confirm(words)) for (const key of drafts) localStorage.removeItem(key);
    else event.preventDefault();
  });
} catch {
  // A browser that keeps nothing (private windows, policies) keeps no drafts; the form still works.
}
