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

  const showPlace = () => show(latitude.value
    ? part.dataset.noted.replace("{place}", `${latitude.value}, ${longitude.value}`) : part.dataset.removed);

  function put(north, east) {
    latitude.value = north;
    longitude.value = east;
    longitude.dispatchEvent(new Event("input", { bubbles: true })); // so that it is in the draft
    showPlace();
  }

  const noted = (place) => put(coarse(place.coords.latitude), coarse(place.coords.longitude));

  note.addEventListener("click", () => {
    note.disabled = true;
    said.textContent = part.dataset.wait;
    const failed = (error) => show(error.code === error.PERMISSION_DENIED ? part.dataset.denied : part.dataset.failed);
    navigator.geolocation.getCurrentPosition(noted, failed, { enableHighAccuracy: false, timeout: 20_000, maximumAge: 60_000 });
  });
  drop.addEventListener("click", () => {
    put("", "");
    note.focus();
  });
  for (const half of [latitude, longitude]) half.addEventListener("change", showPlace); // a draft that is put back
  note.hidden = false;
  drop.hidden = !latitude.value;
})();
