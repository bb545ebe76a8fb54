/* The messages on the page: in the order of their numbers, each once, drawn from the same pattern the server uses. */

import { say, timeOfDay } from "./words.js";

const list = document.getElementById("messages");
const thread = document.getElementById("thread");
const pattern = document.getElementById("message-pattern");
const toNewest = document.getElementById("to-newest");
const politely = document.getElementById("say-politely");
const atOnce = document.getElementById("say-at-once");

const NUMBERS = /(?<![0-9-])(12356|120|110)(?![0-9-])/g; // the same rule as web/public/filters.py
const LONG_TEXT = 700; // signs
const LONG_LINES = 14;
const SYMBOLS = { person: "person", bot: "programme", system: "sun", staff: "person" };

export const state = { last: Number(document.getElementById("chat").dataset.lastSeq) || 0 };

function atBottom() {
  return thread.scrollHeight - thread.scrollTop - thread.clientHeight < 120;
}

/* With one question on the screen (elder.js) it is read from its top; else the newest line counts. */
export function scrollToNewest() {
  thread.scrollTop = thread.dataset.one ? 0 : thread.scrollHeight;
  toNewest.hidden = true;
}

/* An answer is read from its first line, also where it and its buttons are taller than the screen. */
function showFromTop(seq) {
  const node = list.querySelector(`[data-seq="${seq}"]`);
  scrollToNewest();
  if (thread.dataset.one) return;
  const above = node.getBoundingClientRect().top - thread.getBoundingClientRect().top;
  if (above < 0) thread.scrollTop += above - 8;
}

toNewest.addEventListener("click", scrollToNewest);
thread.addEventListener("scroll", () => { if (atBottom()) toNewest.hidden = true; }, { passive: true });

/* The keyboard of a phone takes half of the screen; whoever was reading the newest line keeps it in sight. */
let wasAtBottom = true;
new ResizeObserver(() => { if (wasAtBottom) scrollToNewest(); }).observe(thread);
thread.addEventListener("scroll", () => { wasAtBottom = atBottom(); }, { passive: true });

function slot(node, name) {
  return node.querySelector(`[data-slot="${name}"]`);
}

function writeText(place, text, withLinks) {
  place.replaceChildren();
  let from = 0;
  if (withLinks) {
    for (const found of text.matchAll(NUMBERS)) {
      place.append(text.slice(from, found.index));
      const link = document.createElement("a");
      link.className = "number";
      link.href = `tel:${found[0]}`;
      link.textContent = found[0];
      place.append(link);
      from = found.index + found[0].length;
    }
  }
  place.append(text.slice(from));
}

function nameOf(view) {
  if (view.sender === "person") return say("you");
  if (view.sender === "staff") return view.name || say("colleague");
  return say(view.sender === "bot" ? "programme" : "nuanyang");
}

function draw(view) {
  const node = pattern.content.firstElementChild.cloneNode(true);
  node.className = `message message--${view.sender} message--${view.kind}`;
  Object.assign(node.dataset, { seq: view.seq, id: view.id, sender: view.sender, kind: view.kind });
  if (view.client_key) node.dataset.key = view.client_key;
  node.querySelector(".message__who use").setAttribute("href", `#i-${SYMBOLS[view.sender]}`);
  slot(node, "who").textContent = nameOf(view);
  slot(node, "time").dateTime = view.at;
  slot(node, "time").textContent = timeOfDay(view.at);
  writeText(slot(node, "text"), view.text, !view.mine);
  drawQuestion(node, view);
  if (view.kind !== "crisis") slot(node, "calls").remove();
  drawExercise(node, view);
  drawWays(node, view);
  drawTaps(node, view);
  fold(node);
  return node;
}

function drawQuestion(node, view) {
  if (view.kind !== "item") { slot(node, "item").remove(); return; }
  const { step = 0, of = 1, lead_in: lead = "" } = view.extra;
  slot(node, "progress").max = of;
  slot(node, "progress").value = step;
  slot(node, "step").textContent = step ? `${step} / ${of}` : "";
  slot(node, "lead").textContent = lead;
}

function drawExercise(node, view) {
  const place = slot(node, "exercise");
  for (const button of place.querySelectorAll("[data-exercise]")) {
    if (button.dataset.exercise !== view.extra.exercise) button.remove();
  }
  if (view.kind !== "exercise" || !place.children.length) place.remove();
}

/* Pages of ours that the programme points to; the site has chosen address and title. */
function drawWays(node, view) {
  const place = slot(node, "ways");
  for (const way of view.ways ?? []) {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.className = "link-button";
    link.href = way.href;
    link.textContent = way.title;
    line.append(link);
    place.append(line);
  }
  if (!place.children.length) place.remove();
}

function drawTaps(node, view) {
  const taps = slot(node, "taps");
  if (!view.buttons_open) { taps.remove(); return; }
  taps.querySelector('[name="client_key"]').value = `tap-${view.id}`;
  view.buttons.forEach((button, place) => {
    const tap = document.createElement("button");
    tap.className = button.quiet ? "tap tap--quiet" : "tap";
    tap.name = "button";
    tap.value = `${view.id}.${place}`;
    const title = document.createElement("span");
    title.dir = "auto";
    title.textContent = button.title;
    tap.append(title);
    taps.append(tap);
  });
}

function fold(node) {
  const text = slot(node, "text");
  if (!text) return;
  const words = text.textContent;
  if (words.length <= LONG_TEXT && words.split("\n").length <= LONG_LINES) return;
  if (node.dataset.kind === "crisis" || node.querySelector(".fold")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button fold";
  button.addEventListener("click", () => setFold(node, button, !node.classList.contains("is-folded")));
  text.after(button);
  setFold(node, button, true);
}

function setFold(node, button, folded) {
  node.classList.toggle("is-folded", folded);
  button.setAttribute("aria-expanded", String(!folded));
  button.textContent = say(folded ? "show_all" : "show_less");
}

function place(node) {
  const seq = Number(node.dataset.seq);
  const after = [...list.children].find((other) => !other.dataset.seq || Number(other.dataset.seq) > seq);
  list.insertBefore(node, after ?? null);
}

function closeTapsBefore(seq) {
  for (const node of list.querySelectorAll("[data-seq]")) {
    if (Number(node.dataset.seq) < seq) slot(node, "taps")?.remove();
  }
}

function announce(view) {
  if (view.mine) return;
  const line = document.createElement("p");
  const isCrisis = view.kind === "crisis";
  const question = view.kind === "item" ? `${view.extra.lead_in ?? ""} ` : "";
  line.textContent = `${isCrisis ? say("crisis") : nameOf(view)} ${question}${view.text}`;
  const region = isCrisis ? atOnce : politely;
  region.append(line);
  while (region.children.length > 5) region.firstChild.remove();
}

/* Add what is not here yet. A message of one's own replaces the waiting copy with the same key. */
export function add(views) {
  const stick = atBottom();
  let isNew = false;
  for (const view of [...views].sort((one, other) => one.seq - other.seq)) {
    if (list.querySelector(`[data-seq="${view.seq}"]`)) continue;
    if (view.client_key) list.querySelector(`[data-pending="${CSS.escape(view.client_key)}"]`)?.remove();
    place(draw(view));
    if (view.mine) closeTapsBefore(view.seq);
    if (!view.mine && hasSpokenAfter(view.seq)) slot(list.querySelector(`[data-seq="${view.seq}"]`), "taps")?.remove();
    announce(view);
    isNew = true;
  }
  if (!isNew) return false;
  const card = views.find((view) => view.kind === "crisis");
  const answer = views.find((view) => !view.mine);
  if (card || (stick && answer)) showFromTop((card ?? answer).seq);
  else if (stick) scrollToNewest();
  else toNewest.hidden = false;
  return true;
}

function hasSpokenAfter(seq) {
  return [...list.querySelectorAll('[data-sender="person"][data-seq]')].some((node) => Number(node.dataset.seq) > seq);
}

/* A number is only counted as seen when everything before it is here too. */
export function advance() {
  while (list.querySelector(`[data-seq="${state.last + 1}"]`)) state.last += 1;
}

/* The code to come back with, after everything that was said so far. */
export function showCode(code) {
  list.querySelector("#code")?.remove();
  const card = document.getElementById("code-pattern").content.firstElementChild.cloneNode(true);
  card.dataset.seq = `${state.last}.5`;
  card.querySelector("#code-shown").textContent = code;
  place(card);
  scrollToNewest();
  card.scrollIntoView({ block: "nearest" });
}

/* The copy of a sentence that is still on its way; it stays at the end until the server has given it a number. */
export function showPending(entry) {
  if (list.querySelector(`[data-pending="${CSS.escape(entry.client_key)}"]`)) return;
  const view = {
    seq: "", id: "", sender: "person", kind: "text", text: entry.title ?? entry.text, buttons: [], buttons_open: false,
    extra: {}, at: new Date(entry.at).toISOString(), mine: true,
  };
  const node = draw(view);
  delete node.dataset.seq;
  node.dataset.pending = entry.client_key;
  node.classList.add("is-waiting");
  list.append(node);
  scrollToNewest();
}

export function setPendingState(clientKey, words) {
  const node = list.querySelector(`[data-pending="${CSS.escape(clientKey)}"]`);
  if (node) slot(node, "state").textContent = words;
}

export function dropPending(clientKey) {
  list.querySelector(`[data-pending="${CSS.escape(clientKey)}"]`)?.remove();
}

/* Under the newest sentence of one's own stands that it has arrived. */
export function markSent(clientKey) {
  for (const other of list.querySelectorAll('.message--person [data-slot="state"]')) {
    if (!other.closest("[data-pending]")) other.textContent = "";
  }
  const node = list.querySelector(`[data-key="${CSS.escape(clientKey)}"]`);
  if (node) slot(node, "state").textContent = say("sent");
}

export function settle(form, chosen) {
  for (const tap of form.querySelectorAll(".tap")) {
    tap.disabled = true;
    tap.setAttribute("aria-pressed", String(tap === chosen));
  }
}

export function unsettle(messageId) {
  for (const tap of list.querySelectorAll(`[data-id="${messageId}"] .tap`)) {
    tap.disabled = false;
    tap.removeAttribute("aria-pressed");
  }
}

for (const node of list.children) fold(node);
scrollToNewest();
