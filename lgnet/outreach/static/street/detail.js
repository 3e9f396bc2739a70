// One contact of this phone: what was recorded, and what can be done with it with no signal.
import { correctable, kindOf } from "./contacts.js";
import { byId, make, tell } from "./dom.js";
import * as form from "./form.js";
import { stateOf } from "./lists.js";
import { now } from "./now.js";
import * as pictures from "./pictures.js";
import * as referring from "./referring.js";
import { word } from "./words.js";
import * as writing from "./writing.js";

const IN_HEADING = ["zone", "occurred_at", "latitude", "longitude"];

/** @param {any} contact  Draw it. */
export function show(contact) {
  const screen = byId("screen-one");
  screen.dataset.id = contact.id;
  screen.querySelector("h1").textContent = form.sentence(contact.item.op, now.faces, contact.values);
  byId("one-state").replaceChildren(stateOf(contact));
  byId("one-facts").replaceChildren(...facts(contact));
  byId("one-card").hidden = !contact.card;
  byId("one-card").href = `#card/${contact.id}`;
  byId("one-refer").hidden = !referring.mayRefer(contact);
  byId("one-refer").href = `#refer/${contact.id}`;
  tell("one-group", contact.values.who === "group" ? word("group_card") : "");
  byId("one-undo").hidden = contact.items.length > 1 || contact.state !== "unsent" || contact.item.tried;
  drawPictures(contact);
}

function facts(contact) {
  const names = correctable(now.places, kindOf(contact, now.faces)).filter((name) => !IN_HEADING.includes(name));
  const told = names.map((name) => [name, contact.values[name]]).filter(([, value]) => value?.length);
  return told.flatMap(([name, value]) => {
    const [label, text] = form.inWords(name, value);
    return [make("dt", {}, label), make("dd", {}, text)];
  });
}

function drawPictures(contact) {
  const mine = now.pictures.filter((one) => one.contact === contact.id);
  byId("one-pictures").replaceChildren(...mine.map((one) => make("li", {}, make("span", {}, one.caption || word("picture")), stateOf(one))));
  byId("picture-form").hidden = mine.length >= pictures.MOST;
}

/** Empty it. */
export function clear() {
  for (const id of ["one-state", "one-facts", "one-pictures"]) byId(id).replaceChildren();
  byId("screen-one").querySelector("h1").textContent = "";
  delete byId("screen-one").dataset.id;
}

/** @param {() => any} shown the contact that is shown  Listen to its buttons. */
export function listen(shown) {
  byId("one-correct").addEventListener("click", () => writing.correct(shown()));
  byId("one-undo").addEventListener("click", () => writing.takeBack(shown().item));
}
