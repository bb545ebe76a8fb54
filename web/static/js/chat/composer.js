/* The place to write: grows with the words, keeps a draft, and never sends half a Chinese word. */

import { say } from "./words.js";

const SHELF = "ny.draft";
const form = document.getElementById("composer");
const words = document.getElementById("words");
const count = document.getElementById("count");
const longest = Number(document.getElementById("chat").dataset.longest);
/* With a real keyboard Enter sends; on a phone Enter makes a new line, as people there expect. */
const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)");

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight + 3}px`;
}

/* Counted as the server counts: signs, not the halves in which a script stores an emoji. */
function tooMany() {
  return words.value.length <= longest ? 0 : Math.max([...words.value].length - longest, 0);
}

function showCount() {
  const over = tooMany();
  count.hidden = !over;
  if (over) count.textContent = say("too_long", { over });
}

function keepDraft() {
  try { sessionStorage.setItem(SHELF, words.value); } catch { /* Then the draft lives in the page only. */ }
}

export function putBack(text) {
  words.value = words.value ? `${text}\n${words.value}` : text;
  keepDraft();
  grow();
  showCount();
  words.focus();
}

export function clearDraft() {
  words.value = "";
  keepDraft();
  grow();
  showCount();
}

export function start(send) {
  try { if (!words.value) words.value = sessionStorage.getItem(SHELF) ?? ""; } catch { /* No storage, no draft. */ }
  grow();
  showCount();
  words.addEventListener("input", () => { keepDraft(); grow(); showCount(); });
  words.addEventListener("keydown", (event) => {
    /* 229 is the key code of a keystroke that still belongs to an input method; Safari reports it after the end. */
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || !hasKeyboard.matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value;
    if (!text.trim()) { words.focus(); return; }
    if (tooMany()) { showCount(); words.focus(); return; }
    /* Emptied in the same moment, so that a double tap finds nothing more to send. */
    clearDraft();
    send(text);
    words.focus();
  });
}
