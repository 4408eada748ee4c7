// Files one by one with their progress, by choosing or dropping. Every form works without this file.
const told = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

const line = (list, file) => {
  const row = document.createElement("li");
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  const said = document.createElement("output");
  name.textContent = `${file.name} (${told(file.size)})`;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sent of ${file.name}`);
  row.append(name, bar, said);
  list.append(row);
  return { bar, said };
};

const problem = (answer) => {
  const first = answer?.problems?.[0];
  return first ? `${first.field}: ${first.problem}` : answer?.detail ?? "The server did not take it.";
};

const send = (form, file, { bar, said }) =>
  new Promise((done) => {
    const body = new FormData();
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "back") body.append(name, value);
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    const fail = (words) => {
      said.textContent = words;
      said.className = "problem";
      done(null);
    };
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => {
      const answer = request.response;
      if (request.status >= 300) return fail(problem(answer));
      const [one] = answer.items;
      bar.value = 1;
      said.textContent = one.new ? one.reference : `These bytes are ${one.reference} already.`;
      done(one);
    });
    request.addEventListener("error", () => fail("The connection broke. Nothing of this file was recorded; send it again."));
    request.open("POST", form.dataset.upload);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });

const start = async (form, files) => {
  const list = form.querySelector("[data-files]");
  const button = form.querySelector("button.main");
  button.disabled = true;
  const kept = [];
  let failed = 0;
  for (const [file, shown] of [...files].map((file) => [file, line(list, file)])) {
    const one = await send(form, file, shown);
    if (one) kept.push(one);
    else failed += 1;
  }
  button.disabled = false;
  if (failed || !kept.length) return;
  for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
  const alone = kept.length === 1 && kept[0].new;
  location.assign(form.dataset.then || (alone ? kept[0].href : form.action));
};

for (const form of document.querySelectorAll("form[data-upload]")) {
  const chosen = () => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  form.addEventListener("submit", (event) => {
    const files = chosen();
    if (!files.length) return;
    event.preventDefault();
    start(form, files);
  });
  const zone = form.querySelector("[data-drop]");
  if (!zone) continue;
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length) start(form, files);
  });
}
