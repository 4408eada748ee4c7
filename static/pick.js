// Pickers: while a reference is typed, the server says which records begin like it. Without this file the reference is
// typed in full, and a wrong one is told beside its field.
const find = document.querySelector("[data-find]")?.dataset.find;

const suggest = async (field) => {
  const last = field.value.split(";").pop().trim();
  const before = field.value.slice(0, field.value.length - field.value.split(";").pop().length);
  if (last.length < 2 || field.dataset.asked === last) return;
  field.dataset.asked = last;
  const url = new URL(find, location.href);
  url.searchParams.set("q", last);
  url.searchParams.set("kind", field.dataset.pick);
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok || field.dataset.asked !== last) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const options = [...page.querySelectorAll("#found li")].map((line) => {
    const option = document.createElement("option");
    option.value = before + (before && !before.endsWith(" ") ? " " : "") + line.querySelector("a").textContent;
    option.label = line.querySelector("span").textContent;
    return option;
  });
  field.list?.replaceChildren(...options);
};

if (find) {
  for (const field of document.querySelectorAll("input[data-pick][list]")) {
    let wait;
    field.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(() => suggest(field), 150);
    });
  }
}
