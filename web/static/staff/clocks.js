/* Clocks that count down to a moment, and "so long ago". The site's own time is used, not the time of this device. */

let ahead = 0;

export function setSiteTime(iso) {
  ahead = new Date(iso).getTime() - Date.now();
}

function span(seconds) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(seconds % 60).padStart(2, "0");
  const english = document.documentElement.lang.startsWith("en");
  if (days) return english ? `${days} d ${hours} h` : `${days} 天 ${hours} 小时`;
  if (hours) return english ? `${hours} h ${String(minutes).padStart(2, "0")} min` : `${hours} 小时 ${minutes} 分`;
  return `${minutes}:${rest}`;
}

function ago(seconds) {
  const english = document.documentElement.lang.startsWith("en");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return english ? "just now" : "刚刚";
  if (minutes < 60) return english ? `${minutes} min ago` : `${minutes} 分钟前`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return english ? `${hours} h ago` : `${hours} 小时前`;
  const days = Math.floor(hours / 24);
  return english ? `${days} d ago` : `${days} 天前`;
}

function show(part, words, state) {
  const inner = part.querySelector("[data-clock-words]") || part;
  if (inner.textContent !== words) inner.textContent = words;
  if (state && part.dataset.state !== state) part.dataset.state = state;
}

function tick() {
  const now = Date.now() + ahead;
  for (const part of document.querySelectorAll("[data-clock]")) {
    const due = new Date(part.dateTime).getTime();
    if (Number.isNaN(due)) continue;
    const until = part.dataset.stopped ? new Date(part.dataset.stopped).getTime() : now;
    const left = Math.floor((due - until) / 1000);
    const words = left >= 0 ? part.dataset.left : part.dataset.over;
    const isSoon = left <= Number(part.dataset.soon || 60);
    const state = part.dataset.stopped ? "stopped" : left < 0 ? "over" : isSoon ? "soon" : "running";
    show(part, words.replace("{time}", span(Math.abs(left))), state);
  }
  for (const part of document.querySelectorAll("[data-ago]")) {
    const then = new Date(part.dateTime).getTime();
    if (Number.isNaN(then)) continue;
    /* A moment that is still to come (a call-back) is shown as the time it falls on. */
    show(part, then <= now ? ago(Math.floor((now - then) / 1000)) : part.dataset.shown || part.textContent);
  }
}

export function tickNow() {
  tick();
}

tick();
setInterval(tick, 1000);
