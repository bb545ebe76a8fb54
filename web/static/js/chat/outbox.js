/* Sentences on their way. Each has a key of its own, so it can be sent again and again and is stored once; the list
   outlives a reload of this tab, and nothing leaves it before the server has said that it has the words. */

import { post } from "./api.js";
import { add, advance, dropPending, markSent, setPendingState, showPending, unsettle } from "./thread.js";
import { say } from "./words.js";

const SHELF = "ny.outbox";
const LONGEST_PAUSE = 30000; // milliseconds
const TRY_AGAIN = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

let entries = read();
let isSending = false;
let fails = 0;
let timer = null;
const listeners = { refused: () => {}, lost: () => {}, sent: () => {} };

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(SHELF) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function keep() {
  try {
    sessionStorage.setItem(SHELF, JSON.stringify(entries));
  } catch {
    /* Full or switched off: the words are still in memory and on the page. */
  }
}

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function on(name, listener) {
  listeners[name] = listener;
}

export function waiting() {
  return entries.length;
}

export function push(entry) {
  if (entries.some((other) => other.client_key === entry.client_key)) return;
  entries.push({ ...entry, at: Date.now() });
  keep();
  showPending(entries.at(-1));
  setPendingState(entry.client_key, say("sending"));
  if (entries.length === 1) deliver();
}

function forget(entry) {
  entries = entries.filter((other) => other !== entry);
  keep();
}

function bodyOf(entry) {
  return entry.message_id === undefined
    ? { client_key: entry.client_key, text: entry.text }
    : { client_key: entry.client_key, message_id: entry.message_id, button: entry.button };
}

/* One at a time, so that a story arrives in the order in which it was told. */
export async function deliver() {
  if (isSending || !entries.length) return;
  clearTimeout(timer);
  isSending = true;
  const entry = entries[0];
  setPendingState(entry.client_key, say("sending"));
  const answer = await post("/chat/messages", bodyOf(entry));
  isSending = false;
  if (answer.ok) arrived(entry, answer.data);
  else if (answer.status === 401) lost(entry, answer.data);
  else if (TRY_AGAIN.has(answer.status)) later(entry, answer);
  else refused(entry, answer);
}

function arrived(entry, data) {
  fails = 0;
  forget(entry);
  add(data.messages ?? []);
  advance();
  dropPending(entry.client_key);
  markSent(entry.client_key);
  listeners.sent(entry);
  deliver();
}

function later(entry, answer) {
  fails += 1;
  const asked = Number(answer.data.retry_after) * 1000 || 0;
  const pause = Math.min(Math.max(asked, 1000 * 2 ** Math.min(fails - 1, 5)), LONGEST_PAUSE) + Math.random() * 400;
  for (const other of entries) {
    setPendingState(other.client_key, say(answer.status === 429 ? "waiting_turn" : "waiting_network"));
  }
  timer = setTimeout(deliver, pause);
}

function refused(entry, answer) {
  forget(entry);
  dropPending(entry.client_key);
  if (entry.message_id !== undefined) unsettle(entry.message_id);
  listeners.refused(entry, answer.data.words ?? say("not_sent"));
  deliver();
}

/* The key of this window is gone. Everything unsent goes back to where it can be read and copied. */
function lost(_entry, _data) {
  const words = entries.filter((entry) => entry.text).map((entry) => entry.text).join("\n");
  for (const entry of entries) dropPending(entry.client_key);
  entries = [];
  keep();
  listeners.lost(words);
}

export function resume() {
  for (const entry of entries) {
    showPending(entry);
    setPendingState(entry.client_key, say("waiting_network"));
  }
  deliver();
}

addEventListener("online", deliver);
document.addEventListener("visibilitychange", () => { if (!document.hidden) deliver(); });
