// The map by keyboard: arrows go to the nearest zone that way, `o` shows a zone's devices. Tab goes through everything and
// Enter follows, as with any link; without this file nothing is missing but the arrows.
const map = document.getElementById("map");
const zones = [...(map?.querySelectorAll("a.zone") ?? [])];
const ways = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const middle = (one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
};

// The nearest that way; what lies aside counts double, so that a column or a row is followed.
const next = (from, [dx, dy]) => {
  const [x, y] = middle(from);
  let best;
  for (const one of zones) {
    const [ox, oy] = middle(one);
    const ahead = (ox - x) * dx + (oy - y) * dy;
    if (one === from || ahead <= 4) continue;
    const far = ahead + 2 * Math.abs((ox - x) * dy + (oy - y) * dx);
    if (!best || far < best.far) best = { one, far };
  }
  return best?.one;
};

map?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const here = event.target.closest("a");
  const way = ways[event.key];
  if (way) {
    const found = here ? next(here, way) : zones[0];
    if (!found) return;
    event.preventDefault();
    found.focus();
    found.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else if (event.key === "o" && here?.dataset.open) {
    event.preventDefault();
    sessionStorage.setItem("map-focus", here.getAttribute("href"));
    location.assign(here.dataset.open);
  }
});

// After a zone was opened or closed, the focus is where it was.
const kept = sessionStorage.getItem("map-focus");
sessionStorage.removeItem("map-focus");
if (kept) zones.find((one) => one.getAttribute("href") === kept)?.focus();
