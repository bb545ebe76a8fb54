/* The wallboard: figures, clocks and colleagues, drawn anew whenever the desk changes. */

import { setSiteTime, tickNow } from "./clocks.js";
import { reconcile } from "./filling.js";
import { openLine, showLine } from "./line.js";

const page = document.querySelector("[data-wallboard]");
let newest = "";

function draw(board) {
  /* The stream and the questions run side by side; an older answer must not undo a newer one. */
  if (board.now < newest) return;
  newest = board.now;
  setSiteTime(board.now);
  for (const name of ["alarms", "waiting", "talks"]) page.querySelector(`[data-number="${name}"]`).textContent = board[name];
  page.querySelector("[data-figure='alarms']").classList.toggle("wall-figure--alarm", board.alarms > 0);
  page.querySelector("[data-figure='waiting']").classList.toggle("wall-figure--wait", board.waiting > 0);
  for (const name of ["alarm_since", "oldest"]) {
    const since = page.querySelector(`[data-since="${name}"]`);
    since.hidden = !board[name];
    since.querySelector("time").setAttribute("datetime", board[name] || "");
  }
  for (const list of page.querySelectorAll("[data-rows]")) {
    const name = list.dataset.rows;
    reconcile(list, page.querySelector(`[data-template-of="${list.dataset.template}"]`), board[name]);
    page.querySelector(`[data-empty="${name}"]`).hidden = board[name].length > 0;
  }
  for (const part of page.querySelectorAll("[data-text-of]")) part.textContent = board[part.dataset.textOf];
  page.querySelector("[data-open]").dataset.open = board.is_open ? "yes" : "no";
  page.querySelector("[data-system='scheduler']").hidden = board.scheduler;
  tickNow();
}

openLine({
  stream: () => page.dataset.stream,
  events: { board: draw },
  ask: { url: () => page.dataset.state, take: draw },
  onState: showLine(page),
  onSignedOut: () => {},
});

/* Only where the browser can: many phones cannot. */
const whole = page.querySelector("[data-whole-screen]");
if (document.documentElement.requestFullscreen) {
  whole.hidden = false;
  whole.addEventListener("click", () => page.requestFullscreen());
  document.addEventListener("fullscreenchange", () => { whole.hidden = Boolean(document.fullscreenElement); });
}
