// The camera reads the code of a card, where the browser can; everywhere else one types it, or a hand scanner does.
(function () {
  "use strict";

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
    const code = /^(?:https?:\/\/\S+\/me\/)?([A-Z0-9]{4,8})$/i.exec(read); // an own card holds the address of its page
    if (code) {
      field.value = code[1];
      dialog.close();
      field.form.requestSubmit();
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
