/* The duty screen: shows the state of the desk whenever it changes, and rings until somebody has taken each case. */

import { setSiteTime, tickNow } from "./clocks.js";
import { reconcile } from "./filling.js";
import { openLine, showLine } from "./line.js";
import * as bell from "./bell.js";

const page = document.querySelector("[data-queue]");
const calmTitle = document.title;
const template = (name) => page.querySelector(`[data-template-of="${name}"]`);
const loudCases = new Set([...page.querySelectorAll(".case-row--rings")].map((row) => `${row.dataset.key}`));
const waitingPeople = new Set([...page.querySelectorAll("[data-rows='waiting'] > li")].map((row) => row.dataset.key));
const callingRows = new Set();
let alarms = loudCases.size;
let flash = false;
let newest = "";

function draw(state) {
  /* The stream and the questions run side by side; an older answer must not undo a newer one. */
  if (state.now < newest) return;
  newest = state.now;
  setSiteTime(state.now);
  for (const list of page.querySelectorAll("[data-rows]")) {
    const name = list.dataset.rows;
    reconcile(list, template(list.dataset.template), state[name]);
    page.querySelector(`[data-count="${name}"]`).textContent = state[name].length;
    page.querySelector(`[data-empty="${name}"]`).hidden = state[name].length > 0;
  }
  drawDuty(state.duty);
  page.querySelector("[data-system='scheduler']").hidden = state.system.scheduler;
  warnOfSilence(state.system.scheduler);
  page.querySelector("[data-system='bot']").hidden = state.system.bot;
  tickNow();
  soundFor(state);
}

/* Nobody's phone rings while the scheduler is silent: this screen says so again every minute until it is heard. */
const WARN_EVERY = 60000;
let warnedAt = 0;

function warnOfSilence(isHeard) {
  if (isHeard) { warnedAt = 0; return; }
  if (Date.now() - warnedAt < WARN_EVERY) return;
  warnedAt = Date.now();
  bell.ring("alarm");
}

function drawDuty(duty) {
  for (const part of page.querySelectorAll("[data-duty-text]")) part.textContent = duty[part.dataset.dutyText];
  for (const part of page.querySelectorAll("[data-duty-show]")) part.hidden = !duty[part.dataset.dutyShow];
}

function words(pattern, parts) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => parts[name] || "");
}

function soundFor(state) {
  const loud = state.cases.filter((one) => one.alarm);
  const fresh = loud.filter((one) => !loudCases.has(String(one.id)));
  loudCases.clear();
  for (const one of loud) loudCases.add(String(one.id));
  alarms = loud.length;
  bell.keepRinging(alarms > 0);
  if (fresh.length) {
    page.querySelector("[data-announce]").textContent = fresh
      .map((one) => words(page.dataset.wordsAlarm, { level: one.level_name, code: one.code, reason: one.reasons[0] || "" }))
      .join(" ");
  }
  const asking = state.waiting.filter((one) => !waitingPeople.has(String(one.id)));
  waitingPeople.clear();
  for (const one of state.waiting) waitingPeople.add(String(one.id));
  /* A conversation that is offered to me, or a person I have left without an answer, calls once each. */
  const calling = [...state.offers, ...state.mine.filter((one) => one.unanswered)];
  const called = calling.filter((one) => !callingRows.has(String(one.id)));
  callingRows.clear();
  for (const one of calling) callingRows.add(String(one.id));
  if (called.length) bell.ring("chime");
  if (asking.length) {
    bell.ring("chime");
    page.querySelector("[data-murmur]").textContent = asking
      .map((one) => words(page.dataset.wordsWaiting, { code: one.code })).join(" ");
  }
  nameThePage();
}

function nameThePage() {
  const alarm = `(${alarms}) ${page.dataset.wordsTitle}`;
  document.title = alarms ? (flash ? alarm : `${alarm} · ${calmTitle}`) : calmTitle;
}

setInterval(() => { flash = !flash; nameThePage(); }, 1000);

const ask = page.querySelector("[data-sound-ask]");
page.querySelector("[data-sound-on]").addEventListener("click", async () => {
  ask.hidden = await bell.turnOn();
  bell.ring("chime");
  bell.keepRinging(false);
  bell.keepRinging(alarms > 0);
});
bell.tryQuietly().then((on) => { ask.hidden = on; if (on) bell.keepRinging(alarms > 0); });
/* Any tap on the page is the one tap the browser waits for. */
document.addEventListener("pointerdown", async () => { if (!bell.isOn()) ask.hidden = await bell.turnOn(); });

const line = openLine({
  stream: () => page.dataset.stream,
  events: { queue: draw },
  ask: { url: () => page.dataset.state, take: draw },
  onState: showLine(page),
  /* A desk that no longer hears alarms must be as loud as an alarm. */
  onSignedOut: () => bell.keepRinging(true),
});
page.addEventListener("desk:pressed", () => line.askNow());
