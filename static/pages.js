// Citizens' pages with a script. Without it the same forms do the same: here a refused form is put into the page without a new
// entry in the history, hours follow the lists above them, files are made smaller and sent as soon as they are chosen, and
// passwords can be looked at.
(() => {
  "use strict";
  const SIDE = 2000, WORTH_IT = 700000;
  const find = (selector) => document.querySelector(selector);
  const read = (text) => new DOMParser().parseFromString(text, "text/html");

  // Puts another page into this one.
  function show(page) {
    if (!page.querySelector("main")) throw new Error("no page of ours");
    document.title = page.title;
    find("main").replaceWith(page.querySelector("main"));
    start();
  }

  // A line at the end of `place` that is read out.
  function tell(place, text, part) {
    let line = place.querySelector(":scope > .progress");
    if (!line) {
      line = document.createElement("p");
      line.className = "step progress";
      line.setAttribute("role", "status");
      place.append(line);
    }
    line.textContent = text;
    if (part === undefined) return;
    const bar = document.createElement("progress");
    bar.value = part;
    bar.setAttribute("aria-hidden", "true");
    line.append(" ", bar);
  }

  // Sends a form; a refusal comes into the page, a right answer leads on.
  async function send(form, button) {
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    for (const field of form.querySelectorAll("[data-secret]")) field.type = "password";
    const data = new FormData(form, button);
    const body = form.enctype.startsWith("multipart") ? data : new URLSearchParams(data);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      const next = answer.headers.get("Location");
      if (next) return leave(next);
      show(read(await answer.text()));
      const note = find("main [autofocus]");
      if (note) note.focus();
      else scrollTo(0, 0);
    } catch {
      tell(form, "Sambungan terputus, jadi belum tentu sampai. Coba sekali lagi.");
    }
    delete form.dataset.busy;
  }

  // Files that are still here have no page to go to any more; the next one says so.
  function leave(address) {
    sending = null;
    waiting.length = 0;
    lost.clear();
    location.assign(address);
  }

  // Hours follow counter and day, and until they do nobody can choose one of another day.
  let asked = 0;
  async function reload(form, list) {
    const hours = find("#jam-jam"), mine = ++asked;
    hours.inert = true;
    const address = form.action + "?" + new URLSearchParams({ titik: form.titik.value, tanggal: form.tanggal.value });
    try {
      const page = read(await (await fetch(address)).text());
      const fresh = page.querySelector("#jam-jam");
      if (mine !== asked) return;
      if (!fresh) return location.assign(address);
      if (list.id === "titik") find("#tanggal").replaceWith(page.querySelector("#tanggal"));
      hours.replaceWith(fresh);
      history.replaceState(null, "", address);
      const legend = fresh.querySelector("legend");
      tell(fresh, legend ? legend.textContent : "");
    } catch {
      hours.inert = false;
      tell(hours, "Sambungan terputus. Tekan “Tampilkan jam”.");
    }
  }

  async function shrunk(file) {
    if (!/^image\/(jpeg|png)$/.test(file.type) || file.size < WORTH_IT) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      // A phone that is too busy for it sends the photo as it is.
      const late = new Promise((done) => setTimeout(done, 10000));
      const blob = await Promise.race([new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85)), late]);
      return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
    } catch {
      return file;
    }
  }

  // Files wait here, those of one choice together; a press on another button waits for them.
  const UNSENT = "Belum terkirim karena sambungan terputus. Tekan “Upload” sekali lagi.";
  const waiting = [], refused = new Map(), lost = new Map();
  let sending = null, pressed = null, stored = null;
  const card = (kind) => find("#kartu-" + kind);

  async function upload() {
    if (sending || !waiting.length) return;
    sending = waiting.shift();
    const { kind, files } = sending;
    refused.delete(kind);
    tell(card(kind), "Menyiapkan foto …", 0);
    const body = new FormData();
    const back = find("form[data-upload] [name=kembali]");
    if (back) body.append("kembali", back.value);
    for (const file of files) body.append(kind, await shrunk(file));
    body.append("tombol", "upload:" + kind);
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => event.lengthComputable && tell(card(kind),
      event.loaded < event.total ? "Mengirim " + Math.round(100 * event.loaded / event.total) + "%" : "Memeriksa berkas …",
      event.loaded / event.total);
    const failed = () => {
      lost.set(kind, [...(lost.get(kind) || []), ...files]);
      sending = pressed = null;
      tell(card(kind), UNSENT);
      upload();
    };
    request.onload = () => arrived(request, kind).catch(failed);
    request.onerror = failed;
    request.open("POST", find("form[data-upload]").action);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.send(body);
  }

  async function arrived(request, kind) {
    const next = request.getResponseHeader("Location");
    // The session ended, or the application moved on in another tab.
    if (next && new URL(next, location).pathname !== location.pathname) return leave(next);
    show(read(next ? await (await fetch(next)).text() : request.responseText));
    sending = null;
    if (!card(kind)) return;
    const errors = [...card(kind).querySelectorAll(".error, .error + .hint")];
    if (errors.length) refused.set(kind, errors.map((line) => line.cloneNode(true)));
    else if (next) stored = kind;
    for (const [other, lines] of refused) if (other !== kind) card(other)?.querySelector(".browse").before(...lines);
    for (const other of lost.keys()) if (card(other)) tell(card(other), UNSENT);
    const news = errors[0] || card(kind).querySelector(".note[role=status]") || find("main [autofocus]");
    if (news) {
      news.tabIndex = -1;
      news.focus({ preventScroll: true });
      news.scrollIntoView({ block: "nearest" });
    }
    if (!next && pressed) {
      pressed = null;
      tell(find("form[data-upload]"), "Belum dilanjutkan, karena ada berkas yang belum tersimpan. Periksa di atas.");
    }
    if (waiting.length) return upload();
    const button = pressed && [...document.querySelectorAll("[name=tombol]")].find((one) => one.value === pressed);
    pressed = null;
    if (button) button.form.requestSubmit(button);
  }

  function press(event, form, button) {
    const [deed, kind] = button.value.split(":");
    event.preventDefault();
    // What could not be sent is sent first.
    for (const [other, files] of lost) waiting.push({ kind: other, files });
    lost.clear();
    if (sending || waiting.length) {
      if (deed !== "upload") pressed = button.value;
      return upload();
    }
    if (deed === "upload" && stored === kind) {
      // It was sent when it was chosen.
      card(kind).querySelector(".note[role=status]")?.focus();
    } else {
      send(form, button);
    }
  }

  function reveal(field) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link reveal";
    button.setAttribute("aria-controls", field.id);
    const name = () => { button.textContent = field.type === "password" ? "Tampilkan" : "Sembunyikan"; };
    button.onclick = () => {
      field.type = field.type === "password" ? "text" : "password";
      name();
    };
    field.dataset.secret = "1";
    field.spellcheck = false;
    field.after(button);
    name();
  }

  function start() {
    document.querySelectorAll("main [type=password]").forEach(reveal);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (!form.closest("main") || (button?.formMethod || form.method) !== "post") return;
    if (form.matches("[data-upload]")) return press(event, form, button);
    event.preventDefault();
    send(form, button);
  });

  document.addEventListener("change", (event) => {
    const field = event.target, form = field.form;
    if (form?.matches("[data-reload]") && field.matches("select")) reload(form, field);
    if (form?.matches("[data-upload]") && field.files?.length) {
      waiting.push({ kind: field.name, files: [...field.files] });
      upload();
    }
  });

  // Whoever leaves while files are on their way is asked.
  addEventListener("beforeunload", (event) => {
    if (sending || waiting.length || lost.size) event.preventDefault();
  });

  // A page that comes back by "Back" as it was left may be sent again.
  addEventListener("pageshow", () => document.querySelectorAll("[data-busy]").forEach((form) => delete form.dataset.busy));

  start();
})();
