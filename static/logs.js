// Shows how far an upload is. Without this file the form is sent by the browser itself.
const form = document.querySelector("form[data-upload]");
const swap = (text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("content");
  if (!fresh) return location.reload();
  document.getElementById("content").replaceWith(fresh);
  document.title = page.title;
  fresh.querySelector("h1")?.scrollIntoView();
  watch(fresh.querySelector("form[data-upload]"));
};
const watch = (shown) => {
  shown?.addEventListener("submit", (event) => {
    event.preventDefault();
    const bar = shown.querySelector("progress");
    const words = shown.querySelector("[data-said]");
    const request = new XMLHttpRequest();
    const mib = (bytes) => (bytes / 1048576).toFixed(1);
    request.upload.addEventListener("progress", (step) => {
      bar.hidden = false;
      bar.max = step.total;
      bar.value = step.loaded;
      words.textContent = `${mib(step.loaded)} of ${mib(step.total)} MiB sent`;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      words.textContent = "Sent; reading. You may leave this page: the import goes on, and its batch shows under Discovered hosts.";
    });
    request.addEventListener("load", () => swap(request.responseText));
    request.addEventListener("error", () => {
      bar.hidden = true;
      words.textContent = "The connection broke; nothing was written. Send it again.";
      shown.querySelector("button").disabled = false;
    });
    shown.querySelector("button").disabled = true;
    request.open("POST", shown.action);
    request.send(new FormData(shown));
  });
};
watch(form);
