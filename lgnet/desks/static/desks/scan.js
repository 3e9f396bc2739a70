// The camera reads the code of a card, where the browser can; everywhere else one types it, or a hand scanner does.
// A hand scanner types faster than any hand and ends with Enter: wherever the page is, its code goes into the box.
(function () {
  "use strict";

  const AT_MOST = 50; // milliseconds between two signs of a scanner

  function take(field, code) {
    field.value = code;
    field.focus();
    if (field.hasAttribute("hx-get")) field.dispatchEvent(new Event("search", { bubbles: true }));
    else field.form.requestSubmit();
  }

  function listen(field) {
    let code = "", last = 0;
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, textarea, select, button, a, summary, [contenteditable], dialog[open]")) return;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.timeStamp - last > AT_MOST) code = "";
      last = event.timeStamp;
      if (event.key === "Enter" && code.length >= 4) {
        event.preventDefault();
        take(field, code);
        code = "";
      } else if (event.key.length === 1) code += event.key;
    });
  }
  document.querySelectorAll("[data-hand-scan]").forEach(listen);

  const button = document.querySelector("[data-scan]");
  const dialog = document.getElementById("scan");
  if (!button || !dialog || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const video = dialog.querySelector("video");
  const refused = dialog.querySelector("[data-refused]");
  const field = document.getElementById(button.dataset.scan);
  let detector, camera;

  BarcodeDetector.getSupportedFormats().then((formats) => {
    if (!formats.includes("qr_code")) return;
    detector = new BarcodeDetector({ formats: ["qr_code"] });
    button.hidden = false;
  }).catch(() => {});

  function stop() {
    if (camera) camera.getTracks().forEach((track) => track.stop());
    camera = video.srcObject = null;
  }

  async function look() {
    if (!camera) return;
    const found = await detector.detect(video).catch(() => []);
    const read = found.length ? found[0].rawValue.trim() : "";
    const code = /^(?:https?:\/\/\S+\/me\/)?([A-Z0-9-]{4,20})$/i.exec(read); // an own card holds the address of its page
    if (code) {
      dialog.close();
      take(field, code[1]);
    } else setTimeout(look, 200);
  }

  button.addEventListener("click", async () => {
    refused.hidden = true;
    dialog.showModal();
    try {
      camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!dialog.open) return stop();
      video.srcObject = camera;
      await video.play();
      look();
    } catch { refused.hidden = false; }
  });
  dialog.addEventListener("close", () => { stop(); field.focus(); });
})();
