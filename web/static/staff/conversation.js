/* A conversation at the desk: messages as they come, and a reply whose words are never lost. */

import { fill, setLevel } from "./filling.js";
import { openLine, showLine } from "./line.js";
import { token } from "./desk.js";
import { drawSide, startSide } from "./side.js";

const page = document.querySelector("[data-talk]");
const lines = page.querySelector("[data-lines]");
const template = page.querySelector("[data-template-of='line']");
const newer = page.querySelector("[data-newer]");
const composer = page.querySelector("[data-composer]");
const field = composer.querySelector("textarea");
const keptAt = `desk-reply:${location.pathname}`;
let last = Number(page.dataset.last);

const isAtEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;
function toEnd() { lines.scrollTop = lines.scrollHeight; newer.hidden = true; }

function add(row) {
  if (row.seq <= last && lines.querySelector(`[data-key="${row.seq}"]`)) return;
  const follow = isAtEnd() || row.mine;
  const line = template.content.firstElementChild.cloneNode(true);
  line.dataset.key = row.seq;
  line.className = `line line--${row.sender}${row.mine ? " line--mine" : ""}${row.kind === "crisis" ? " line--crisis" : ""}`;
  lines.append(fill(line, row));
  last = Math.max(last, row.seq);
  if (follow) toEnd();
  else newer.hidden = false;
  if (row.sender === "person") page.querySelector("[data-murmur]").textContent = `${page.dataset.wordsFrom}: ${row.text}`;
}

function drawStatus(status) {
  for (const part of page.querySelectorAll("[data-status-text]")) part.textContent = status[part.dataset.statusText];
  for (const part of page.querySelectorAll("[data-status-show]")) {
    const mustShow = Boolean(status[part.dataset.statusShow]);
    if (part === composer && mustShow && composer.hidden) setTimeout(() => field.focus(), 0);
    part.hidden = !mustShow;
  }
  setLevel(page.querySelector("[data-status-level] [data-level]"), status.level, status.level_name);
}

function showError(words) {
  const error = composer.querySelector("[data-composer-error]");
  error.hidden = !words;
  composer.querySelector("[data-composer-error-words]").textContent = words || "";
  if (words) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/* What was typed outlives a reload and a crash of the browser's tab; it is forgotten once it has been sent. */
const keep = () => { try { sessionStorage.setItem(keptAt, field.value); } catch { /* Nothing is lost on the page itself. */ } };
field.addEventListener("input", keep);
try { if (!field.value) field.value = sessionStorage.getItem(keptAt) || ""; } catch { /* Storage can be off. */ }

const newKey = () => crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
let isSending = false;

async function send() {
  const text = field.value;
  if (isSending || !text.trim()) return;
  isSending = true;
  showError("");
  const body = new FormData(composer);
  try {
    const answer = await fetch(composer.action, {
      method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) {
      add(said.message);
      /* Words typed while the message was on its way stay. */
      field.value = field.value.startsWith(text) ? field.value.slice(text.length).trimStart() : field.value;
      composer.elements.client_key.value = newKey();
      keep();
    } else if (answer.status === 401) line.askNow();
    else showError(`${said.words || ""} ${page.dataset.wordsKept}`.trim());
  } catch {
    /* The key stays the same, so pressing again cannot say it twice. */
    showError(page.dataset.wordsKept);
  } finally {
    isSending = false;
    field.focus();
  }
}

composer.addEventListener("submit", (event) => { event.preventDefault(); send(); });
field.addEventListener("keydown", (event) => {
  /* Enter that ends the composition of Chinese signs must not send; 229 is what Safari reports for it. */
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  send();
});

newer.addEventListener("click", toEnd);
lines.addEventListener("scroll", () => { if (isAtEnd()) newer.hidden = true; });
toEnd();

const line = openLine({
  stream: () => `${page.dataset.stream}?after=${last}`,
  events: { message: add, status: drawStatus, side: drawSide },
  ask: {
    url: () => `${page.dataset.messages}?after=${last}`,
    take: (answer) => { answer.messages.forEach(add); drawStatus(answer.status); drawSide(answer.side); },
  },
  onState: showLine(page),
  onSignedOut: () => showError(page.dataset.wordsKept),
});
startSide(() => line.askNow());
page.addEventListener("desk:pressed", () => line.askNow());
