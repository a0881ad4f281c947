"use strict";
// The filters: which state, and which words. Both stand in the address, so that a view can be kept as a link.
const form = document.querySelector(".filters");
const words = form.querySelector("input");
const buttons = [...form.querySelectorAll("button")];
const centres = [...document.querySelectorAll("tbody[data-state]")];
const count = document.querySelector(".shown");

function asked() {
  const address = new URLSearchParams(location.hash.slice(1));
  return { state: address.get("state") || "", q: address.get("q") || "" };
}

function show() {
  const { state, q } = asked();
  const terms = q.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.value !== q) words.value = q;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.state === state));
  let shown = 0;
  for (const centre of centres) {
    const text = centre.textContent.toLowerCase();
    centre.hidden = (state && centre.dataset.state !== state) || !terms.every((term) => text.includes(term));
    shown += centre.hidden ? 0 : 1;
  }
  count.textContent = shown === centres.length ? "" : `${shown} / ${centres.length}`;
}

function ask(change) {
  const address = new URLSearchParams(Object.entries({ ...asked(), ...change }).filter(([, value]) => value));
  history.replaceState(null, "", "#" + address);
  show();
}

for (const button of buttons) button.addEventListener("click", () => ask({ state: button.dataset.state }));
words.addEventListener("input", () => ask({ q: words.value }));
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", show);
form.hidden = false;
show();
