// Signatures drawn on the screen. Without this script, or without a pointer, the name is typed and the box ticked.
// The drawing goes with the form as a PNG in a hidden field; a form that comes back shows it again.
(() => {
  const form = document.querySelector("[data-signing]");
  if (!form) return;
  const WIDTH = 600, HEIGHT = 200;

  function pad(field, place) {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", form.dataset.canvas);
    const clear = document.createElement("button");
    clear.type = "button";
    clear.className = "btn btn-outline-primary btn-sm";
    clear.textContent = form.dataset.clear;
    place.append(canvas, clear);
    const pen = canvas.getContext("2d");
    let drawing = false;

    const blank = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, WIDTH, HEIGHT);
      Object.assign(pen, { strokeStyle: "#10233f", fillStyle: "#10233f", lineWidth: 4, lineCap: "round", lineJoin: "round" });
    };
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * WIDTH / box.width, (event.clientY - box.top) * HEIGHT / box.height];
    };
    const end = () => {
      if (!drawing) return;
      drawing = false;
      field.value = canvas.toDataURL("image/png");
    };
    blank();
    if (field.value.startsWith("data:image/png;base64,")) {
      const before = new Image();
      before.onload = () => pen.drawImage(before, 0, 0, WIDTH, HEIGHT);
      before.src = field.value;
    }
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      drawing = true;
      pen.beginPath();
      pen.moveTo(...at(event));
      pen.lineTo(...at(event));
      pen.stroke();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) pen.lineTo(...at(one));
      pen.stroke();
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end);
    clear.addEventListener("click", () => {
      blank();
      field.value = "";
    });
  }

  for (const party of form.querySelectorAll(".signature")) pad(party.querySelector("[data-drawn]"), party.querySelector("[data-pad]"));

  // Only what belongs to the way chosen is shown; the interpreter signs where one was there.
  const present = form.querySelector("[name=interpreter_present]");
  const name = form.querySelector("[name=interpreter]");
  const show = () => {
    const how = form.querySelector("[name=how]:checked")?.value;
    for (const part of form.querySelectorAll("[data-how]")) part.hidden = part.dataset.how !== how;
    form.querySelector("[data-role=interpreter]").hidden = !present.checked;
    (name.closest(".form-group, .lg-field") ?? name.parentElement).hidden = !present.checked;
  };
  form.addEventListener("change", show);
  show();
})();
