// The palette: go to any record, part, place or action by a few letters. It shows what the page "Find" answers, as a
// combobox with a list of options; without this file the same page works by itself.
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const said = dialog?.querySelector("[role=status]");
let asking = 0;
let options = [];
let at = -1;

const mark = (next) => {
  options[at]?.setAttribute("aria-selected", "false");
  at = next;
  const option = options[at];
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
};

const option = (link, n) => {
  const row = document.createElement("div");
  const label = document.createElement("span");
  const note = document.createElement("span");
  row.id = `palette-${n}`;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  row.dataset.href = link.getAttribute("href");
  label.textContent = link.textContent;
  label.className = link.className;
  note.textContent = link.nextElementSibling?.textContent ?? "";
  note.className = "quiet";
  row.append(label, note);
  options.push(row);
  return row;
};

const show = (found) => {
  options = [];
  const groups = [...found.querySelectorAll("section[aria-label]")].map((section) => {
    const group = document.createElement("div");
    const title = document.createElement("span");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", section.getAttribute("aria-label"));
    title.textContent = section.getAttribute("aria-label");
    title.className = "group";
    title.setAttribute("aria-hidden", "true");
    group.append(title, ...[...section.querySelectorAll("a")].map((link) => option(link, options.length)));
    return group;
  });
  list.replaceChildren(...groups);
  input.setAttribute("aria-expanded", String(options.length > 0));
  said.textContent = options.length ? `${options.length} found` : "Nothing matches.";
  at = -1;
  mark(options.length ? 0 : -1);
};

const ask = async () => {
  const turn = ++asking;
  const url = new URL(dialog.dataset.find, location.href);
  url.searchParams.set("q", input.value);
  try {
    const answer = await fetch(url);
    const text = await answer.text();
    const found = new DOMParser().parseFromString(text, "text/html").getElementById("found");
    if (turn !== asking) return;
    if (found) show(found);
    else said.textContent = "You are signed out, or this cannot be searched. Reload the page.";
  } catch {
    if (turn === asking) said.textContent = "The server did not answer.";
  }
};

export const open = () => {
  if (!dialog || dialog.open || document.querySelector("dialog[open]")) return;
  dialog.showModal();
  input.select();
  ask();
};

const go = (href, beside) => {
  if (!href) return;
  if (beside) window.open(href, "_blank", "noopener");
  else location.assign(href);
};

const steps = {
  ArrowDown: () => mark(Math.min(at + 1, options.length - 1)),
  ArrowUp: () => mark(Math.max(at - 1, 0)),
  PageDown: () => mark(Math.min(at + 8, options.length - 1)),
  PageUp: () => mark(Math.max(at - 8, 0)),
};

if (dialog) {
  let wait;
  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(ask, 90);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      go(options[at]?.dataset.href, event.ctrlKey || event.metaKey);
    } else if (steps[event.key] && options.length) {
      event.preventDefault();
      steps[event.key]();
    }
  });
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]")?.dataset.href, event.ctrlKey || event.metaKey));
  list.addEventListener("mousemove", (event) => {
    const n = options.indexOf(event.target.closest("[role=option]"));
    if (n >= 0 && n !== at) mark(n);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else open();
    }
  });
  document.querySelector("[data-palette]")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
}
