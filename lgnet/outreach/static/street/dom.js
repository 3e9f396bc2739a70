// Small ways to touch the page.

/** @param {string} id @returns {any} the element with this id */
export const byId = (id) => document.getElementById(id);

/**
 * Make an element; texts among the children stay texts, so nothing typed is ever read as markup.
 * @param {string} tag @param {Record<string, any>} attributes @param {...(Node|string)} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** @param {string} id @param {string} text  Show the text in the element, or hide it when there is none. */
export function tell(id, text) {
  const element = byId(id);
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

/** @param {string} id  Show one screen and hide the others; the focus goes to its heading. */
export function showScreen(id) {
  for (const screen of document.querySelectorAll("[data-screen]")) screen.hidden = screen.id !== `screen-${id}`;
  document.body.dataset.at = id;
  window.scrollTo(0, 0);
  const heading = byId(`screen-${id}`).querySelector("h1, h2");
  if (heading) heading.focus({ preventScroll: true });
}
