// The desk by keyboard, and zoom. Everything but the zoom works without this script, by links and buttons.
(() => {
  "use strict";
  const OFF = "pintasan-mati";
  const remembered = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const remember = (off) => { try { localStorage.setItem(OFF, off ? "1" : "0"); } catch { /* private windows */ } };
  let off = remembered();

  const hint = document.querySelector("[data-keys]");
  if (hint) {
    const button = hint.querySelector("button");
    const tell = () => { button.textContent = off ? "Hidupkan pintasan" : "Matikan pintasan"; };
    button.addEventListener("click", () => { off = !off; remember(off); tell(); });
    tell();
    hint.hidden = false;
  }

  for (const place of document.querySelectorAll("[data-print]")) {
    place.querySelector("button").addEventListener("click", () => window.print());
    place.hidden = false;
  }

  const area = document.querySelector("[data-zoom]");
  const zoomers = document.querySelector("[data-zoomers]");
  if (area && zoomers) {
    const picture = area.querySelector("img");
    let step = 0;
    const zoom = (by) => {
      step = Math.min(4, Math.max(0, step + by));
      for (let known = 1; known <= 4; known += 1) picture.classList.toggle(`zoom-${known}`, known === step);
    };
    const [closer, farther] = zoomers.querySelectorAll("button");
    closer.addEventListener("click", () => zoom(1));
    farther.addEventListener("click", () => zoom(-1));
    zoomers.hidden = false;
  }

  // A page is turned where it lies, rather than fetched again; in a tab of its own the link still leads there.
  document.querySelector("[data-turn]")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { classList } = area.querySelector("img");
    const turns = ["turn-0", "turn-90", "turn-180", "turn-270"];
    const at = turns.findIndex((turn) => classList.contains(turn));
    classList.replace(turns[at], turns[(at + 1) % 4]);
  });

  const rows = () => [...document.querySelectorAll("table.queue tbody a")];
  const walk = (by) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    (all[at + by] || all[by > 0 ? 0 : all.length - 1])?.focus();
  };

  // One letter decides, so it must be meant: none acts while a form is open, in the first moments of a page, while it is held down,
  // or in a burst, as a scanner types, of which the last key is no better than the first.
  const WAIT = 700;
  const BURST = 50;
  const opened = performance.now();
  let last = -Infinity;
  let pending = 0;

  const act = (key) => {
    const target = [...document.querySelectorAll("[data-key]")].find((known) => known.dataset.key === key && !known.closest("[hidden]"));
    if (target) target.click();
    else if (key === "/") document.getElementById("cari")?.focus();
    else if (key === "j" || key === "k") walk(key === "j" ? 1 : -1);
  };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, select, textarea, [contenteditable]");
    if (off || field || event.ctrlKey || event.altKey || event.metaKey) return;
    const now = performance.now();
    const types = event.key.length === 1 || event.key === "Enter";
    const isBurst = types && now - last < BURST;
    if (types) last = now;
    if (isBurst) {
      clearTimeout(pending);
      event.preventDefault();
      return;
    }
    if (event.repeat) return;
    // In the page of a document arrows scroll, unless nothing can be scrolled sideways.
    if (event.key.startsWith("Arrow") && area?.contains(event.target) && area.scrollWidth > area.clientWidth) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (/^[a-z]$/.test(key) && (document.querySelector("[data-form]") || now - opened < WAIT)) return;
    const known = key === "/" && document.getElementById("cari") || (key === "j" || key === "k") && rows().length
      || [...document.querySelectorAll("[data-key]")].some((other) => other.dataset.key === key);
    if (!known) return;
    event.preventDefault();
    pending = setTimeout(() => act(key), BURST);
  });

  // What can no longer be taken back is not offered any more.
  for (const undo of document.querySelectorAll("[data-left]")) setTimeout(() => undo.remove(), undo.dataset.left * 1000);
})();
