// The pages of a document before they are sent: taken, chosen, dropped or pasted; seen small, in order, taken out again.
// What cannot be kept is said at once. Without this file both fields work as they are; the server looks at everything.
(function () {
  "use strict";

  const form = document.querySelector("form[data-documents]");
  if (!form || typeof DataTransfer !== "function") return;
  const words = form.dataset, files = form.querySelector("[name=pages]"), camera = form.querySelector("[name=camera]");
  const KINDS = [["\xff\xd8\xff", 0, "picture"], ["\x89PNG\r\n\x1a\n", 0, "picture"], ["WEBP", 8, "picture"], ["%PDF-", 0, "pdf"]];
  let chosen = []; // {file, kind, problem}

  const zone = document.createElement("div"), list = document.createElement("ol"), said = document.createElement("p");
  const state = document.createElement("p");
  zone.className = "document-drop";
  zone.append(Object.assign(document.createElement("p"), { textContent: words.drop, className: "mb-0" }), list);
  list.className = "document-chosen";
  said.className = "lg-error";
  said.id = "documents-said";
  said.hidden = true;
  said.setAttribute("role", "alert");
  state.className = "visually-hidden";
  state.setAttribute("role", "status");
  files.after(zone, said, state);

  async function look(file) {
    const bytes = new Uint8Array(await file.slice(0, 12).arrayBuffer());
    const starts = (mark, at) => [...mark].every((sign, index) => bytes[at + index] === sign.charCodeAt(0));
    const kind = (KINDS.find(([mark, at]) => starts(mark, at)) || [])[2] || "";
    if (!file.size) return { file, kind, problem: words.isEmpty };
    if (!kind) return { file, kind, problem: starts("ftyp", 4) && file.type.startsWith("image/") ? words.otherKind : words.noKind };
    return { file, kind, problem: file.size > Number(words.mostBytes) ? words.tooLarge : "" };
  }

  function problem() {
    const wrong = chosen.find((one) => one.problem);
    if (wrong) return `${wrong.file.name} ${wrong.problem}`;
    if (chosen.length > Number(words.mostPages)) return words.tooMany;
    if (chosen.length > 1 && chosen.some((one) => one.kind === "pdf")) return words.mixed;
    return chosen.reduce((sum, one) => sum + one.file.size, 0) > Number(words.mostTogether) ? words.tooMuch : "";
  }

  async function preview(item, file) {
    try { // drawn on a canvas: no address is made for the file, and nothing of it runs
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const canvas = document.createElement("canvas"), scale = Math.min(1, 320 / Math.max(picture.width, picture.height));
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      item.prepend(canvas);
    } catch { /* the server says whether it is a picture */ }
  }

  function button(text, label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-outline-secondary btn-sm";
    made.textContent = text;
    made.setAttribute("aria-label", `${text}: ${label}`);
    made.addEventListener("click", act);
    return made;
  }

  function draw() {
    const kept = new DataTransfer();
    list.replaceChildren();
    chosen.forEach((one, index) => {
      kept.items.add(one.file);
      const item = document.createElement("li"), label = words.page.replace("{n}", index + 1);
      item.classList.toggle("is-wrong", Boolean(one.problem));
      item.append(`${label}: ${one.file.name} `);
      if (one.kind === "picture" && !one.problem) preview(item, one.file);
      if (index) item.append(button(words.first, label, () => { chosen.splice(index - 1, 0, ...chosen.splice(index, 1)); draw(); }), " ");
      item.append(button(words.remove, label, () => { chosen.splice(index, 1); draw(); files.focus(); }));
      list.append(item);
    });
    files.files = kept.files;
    const wrong = problem();
    said.textContent = wrong;
    said.hidden = !wrong;
    files.classList.toggle("is-invalid", Boolean(wrong));
    files.setAttribute("aria-describedby", wrong ? `id_pages_helptext ${said.id}` : "id_pages_helptext");
    state.textContent = words.taken.replace("{n}", chosen.length);
  }

  async function add(more) {
    for (const file of more) chosen.push(await look(file));
    draw();
  }

  files.addEventListener("change", () => { const now = [...files.files]; chosen = []; add(now); });
  camera.addEventListener("change", () => { const taken = [...camera.files]; camera.value = ""; add(taken); });
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => { event.preventDefault(); add([...event.dataTransfer.files]); });
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault()); // a miss must not leave the page
  document.addEventListener("paste", (event) => {
    const pasted = event.clipboardData ? [...event.clipboardData.files] : [];
    if (pasted.length) { event.preventDefault(); add(pasted); }
  });
  form.addEventListener("submit", (event) => { if (!said.hidden) { event.preventDefault(); files.focus(); } });
})();
