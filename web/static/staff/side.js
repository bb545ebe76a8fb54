/* What stands beside the transcript: notes, whispers, who reads along, an offer; and shared replies for the box. */

import { reconcile } from "./filling.js";
import { token } from "./desk.js";

const page = document.querySelector("[data-talk]");
const notes = page.querySelector("[data-notes]");
const template = page.querySelector("[data-template-of='note']");

export function drawSide(side) {
  for (const part of page.querySelectorAll("[data-side-text]")) part.textContent = side[part.dataset.sideText] || "";
  for (const part of page.querySelectorAll("[data-side-show]")) part.hidden = !side[part.dataset.sideShow];
  for (const form of page.querySelectorAll("form[data-action]")) {
    const address = side[form.dataset.action];
    if (address) form.setAttribute("action", address);
  }
  reconcile(notes, template, side.notes);
}

/* A note is kept without leaving the page; its words stay until the site has them. */
async function keep(form, ask) {
  const field = form.querySelector("textarea");
  const error = form.querySelector("[data-beside-error]");
  const text = field.value;
  if (!text.trim()) return;
  const tell = (words) => { error.hidden = !words; error.querySelector("span").textContent = words; };
  tell("");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) { tell(`${said.words || ""} ${page.dataset.wordsKept}`.trim()); return; }
    field.value = "";
    form.elements.key.value = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    ask();
  } catch {
    tell(page.dataset.wordsKept);
  }
}

export function startSide(ask) {
  for (const form of page.querySelectorAll("form[data-beside]")) {
    form.addEventListener("submit", (event) => { event.preventDefault(); keep(form, ask); });
  }
  const box = page.querySelector("[data-composer] textarea");
  for (const reply of page.querySelectorAll("[data-canned]")) {
    reply.addEventListener("click", () => {
      /* Into the box, never to the person: what stands there already is kept. */
      box.value = [box.value.trimEnd(), reply.dataset.canned].filter(Boolean).join("\n");
      box.dispatchEvent(new Event("input", { bubbles: true }));
      reply.closest("details").open = false;
      box.focus();
    });
  }
}
