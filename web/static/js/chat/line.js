/* The live line: server-sent events, and a question every few seconds where those do not get through. */

import { get } from "./api.js";
import { add, advance, state } from "./thread.js";

const POLL = 3000; // milliseconds between questions while the stream does not work
const CHECK = 45000; // how often the roster is asked for although the stream is quiet
const TRY_STREAM_AGAIN = 60000;
const STREAM_PATIENCE = 8000; // an open stream says how things stand at once; silence means a proxy is holding it

let source = null;
let isAlive = false;
let pollTimer = null;
let failures = 0;
const listeners = { status: () => {}, typing: () => {}, weak: () => {}, lost: () => {}, news: () => {} };

export function on(name, listener) {
  listeners[name] = listener;
}

function take(views) {
  if (add(views)) listeners.news(views);
  advance();
}

/* Everything since the last number without a gap; also what mends a gap. */
export async function catchUp() {
  const answer = await get(`/chat/messages?after=${state.last}`);
  if (answer.status === 401) { stop(); listeners.lost(); return false; }
  if (!answer.ok) { listeners.weak(answer.status === 0 ? "offline" : "polling"); return false; }
  take(answer.data.messages ?? []);
  /* After more than one page of news the numbers do not join up; the newest are what counts. */
  const newest = answer.data.messages?.at(-1)?.seq;
  if (newest > state.last) state.last = newest;
  if (answer.data.status) listeners.status(answer.data.status);
  return true;
}

function poll() {
  clearTimeout(pollTimer);
  if (isAlive || document.hidden) return;
  pollTimer = setTimeout(async () => {
    if (await catchUp()) listeners.weak("polling");
    poll();
  }, POLL);
}

function alive() {
  failures = 0;
  isAlive = true;
  clearTimeout(pollTimer);
  listeners.weak(null);
}

export function start() {
  stop();
  if (!("EventSource" in window)) { poll(); return; }
  const mine = new EventSource(`/chat/stream?after=${state.last}`);
  source = mine;
  setTimeout(() => { if (source === mine && !isAlive) poll(); }, STREAM_PATIENCE);
  mine.addEventListener("status", (event) => { alive(); listeners.status(JSON.parse(event.data)); });
  mine.addEventListener("typing", (event) => listeners.typing(JSON.parse(event.data).who));
  mine.addEventListener("message", (event) => {
    alive();
    const view = JSON.parse(event.data);
    take([view]);
    if (view.seq > state.last) catchUp();
  });
  mine.addEventListener("error", () => {
    isAlive = false;
    failures += 1;
    /* The browser tries again by itself unless the server refused; then we ask why and try later. */
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => { if (source === mine) start(); }, TRY_STREAM_AGAIN);
    if (failures >= 2 || mine.readyState === EventSource.CLOSED) catchUp().then(poll);
  });
}

export function stop() {
  clearTimeout(pollTimer);
  isAlive = false;
  source?.close();
  source = null;
}

/* A page brought back by the back button, a phone taken out of a pocket, a train leaving a tunnel. */
addEventListener("pageshow", (event) => { if (event.persisted) { catchUp(); start(); } });
addEventListener("pagehide", () => { source?.close(); isAlive = false; });
addEventListener("online", () => { catchUp(); if (!isAlive) start(); });
addEventListener("offline", () => listeners.weak("offline"));
document.addEventListener("visibilitychange", () => { if (!document.hidden) { catchUp(); poll(); } });
setInterval(() => { if (!document.hidden) catchUp(); }, CHECK);
