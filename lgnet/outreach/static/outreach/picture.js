// Says before the upload that a file is no picture or too large. The server looks again at what it contains.
(function () {
  "use strict";

  const form = document.querySelector("form[data-picture]");
  if (!form) return;
  const field = form.querySelector("input[type=file]"), said = document.getElementById("picture-said");
  const words = form.dataset, most = Number(field.dataset.most);
  field.after(said);

  const starts = (bytes, mark, at = 0) => [...mark].every((sign, index) => bytes[at + index] === sign.charCodeAt(0));
  const PICTURES = [["\xff\xd8\xff", 0], ["\x89PNG\r\n\x1a\n", 0], ["WEBP", 8]];

  async function problemOf(file) {
    if (!file.size) return words.isEmpty;
    if (file.size > most) return words.tooLarge;
    const bytes = new Uint8Array(await file.slice(0, 12).arrayBuffer());
    if (PICTURES.some(([mark, at]) => starts(bytes, mark, at))) return "";
    return starts(bytes, "ftyp", 4) && file.type.startsWith("image/") ? words.otherKind : words.noPicture;
  }

  async function look() {
    const file = field.files[0];
    const problem = file ? await problemOf(file) : "";
    said.textContent = problem;
    said.hidden = !problem;
    field.classList.toggle("is-invalid", Boolean(problem));
    if (problem) field.setAttribute("aria-describedby", `id_picture_helptext ${said.id}`);
    return !problem;
  }

  field.addEventListener("change", look);
  form.addEventListener("submit", (event) => {
    if (!said.hidden) { event.preventDefault(); field.focus(); } // looked at when it was chosen
  });
})();
