// The upload page with a script: large photos are shrunk before sending, and a bar shows how far it
// is. Without this script the same forms do the same, only slower.
(() => {
  "use strict";
  const SIDE = 2000, WORTH_IT = 700000;

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
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
    } catch {
      return file;
    }
  }

  function show(form, text, part) {
    let line = form.querySelector("[role=status]");
    if (!line) {
      line = document.createElement("p");
      line.setAttribute("role", "status");
      line.className = "step";
      line.append(document.createElement("span"), document.createElement("progress"));
      line.lastChild.max = 1;
      line.lastChild.setAttribute("aria-hidden", "true");
      form.append(line);
    }
    line.firstChild.textContent = text;
    line.lastChild.value = part;
  }

  async function send(form) {
    const field = form.querySelector("[type=file]"), button = form.querySelector("button");
    const body = new FormData();
    button.setAttribute("aria-disabled", "true");
    show(form, "Menyiapkan foto …", 0);
    body.append(field.name, await shrunk(field.files[0]));
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => event.lengthComputable &&
      show(form, event.loaded < event.total ? "Mengirim " + Math.round(100 * event.loaded / event.total) + "%" : "Memeriksa berkas …", event.loaded / event.total);
    request.onload = () => {
      const stored = request.status === 200;
      if (stored) {
        const address = new URL(request.responseURL), place = form.closest("section").getAttribute("aria-labelledby");
        history.replaceState(null, "", address.pathname + address.search + "#" + place);
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      document.title = page.title;
      document.querySelector("main").replaceWith(page.querySelector("main"));
      start();
      const note = document.querySelector("main .note[role]");
      if (note) {
        note.tabIndex = -1;
        note.focus();
      }
    };
    request.onerror = () => {
      delete form.dataset.busy;
      button.removeAttribute("aria-disabled");
      show(form, "Belum terkirim karena sambungan terputus. Tekan “Upload” sekali lagi.", 0);
    };
    request.open("POST", form.action);
    request.send(body);
  }

  function start() {
    for (const form of document.querySelectorAll("form[data-upload]")) {
      form.addEventListener("submit", (event) => {
        if (!form.querySelector("[type=file]").files.length) return;
        event.preventDefault();
        if (form.dataset.busy) return;
        form.dataset.busy = "1";
        send(form);
      });
    }
  }

  start();
})();
