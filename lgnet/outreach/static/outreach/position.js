// "Note where I am": asks the browser only when it is tapped, and rounds before anything leaves the form.
(function () {
  "use strict";

  const part = document.querySelector("[data-position]"), note = document.getElementById("position-note");
  if (!part || !note || !navigator.geolocation) return;
  const drop = document.getElementById("position-drop"), said = document.getElementById("position-said");
  const latitude = document.getElementById("id_latitude"), longitude = document.getElementById("id_longitude");
  const coarse = (degrees) => degrees.toFixed(3); // about 100 m

  function show(text) {
    said.textContent = text;
    drop.hidden = !latitude.value;
    latitude.dispatchEvent(new Event("input", { bubbles: true })); // it is part of what is written
    note.disabled = false;
  }

  function noted(place) {
    latitude.value = coarse(place.coords.latitude);
    longitude.value = coarse(place.coords.longitude);
    show(part.dataset.noted.replace("{place}", `${latitude.value}, ${longitude.value}`));
  }

  note.addEventListener("click", () => {
    note.disabled = true;
    said.textContent = part.dataset.wait;
    const failed = (error) => show(error.code === error.PERMISSION_DENIED ? part.dataset.denied : part.dataset.failed);
    navigator.geolocation.getCurrentPosition(noted, failed, { enableHighAccuracy: false, timeout: 20_000, maximumAge: 60_000 });
  });
  drop.addEventListener("click", () => {
    latitude.value = longitude.value = "";
    show(part.dataset.removed);
    note.focus();
  });
  note.hidden = false;
  drop.hidden = !latitude.value;
})();
