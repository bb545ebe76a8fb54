/* Breathing and grounding. Both run in the page alone, so they also help while the network is gone. */

import { say } from "./words.js";

const IN = 4;
const OUT = 6; // seconds; out is longer than in, and nothing is held
const ROUNDS = 6;

function breathing(place) {
  const go = place.querySelector("[data-breathing-go]");
  const word = place.querySelector('[data-slot="breath"]');
  const rounds = place.querySelector('[data-slot="rounds"]');
  let timer = null;
  let second = 0;

  function stop(words) {
    clearInterval(timer);
    timer = null;
    place.classList.remove("is-breathing");
    word.textContent = "";
    rounds.textContent = words;
    go.textContent = say(words ? "again" : "begin");
  }

  function show() {
    const round = Math.trunc(second / (IN + OUT));
    if (round >= ROUNDS) { stop(say("breath_done")); return; }
    const inside = second % (IN + OUT);
    word.textContent = inside < IN ? `${say("breathe_in")} ${inside + 1}` : `${say("breathe_out")} ${inside - IN + 1}`;
    if (inside === 0) rounds.textContent = say("breath_of", { n: round + 1, all: ROUNDS });
    second += 1;
  }

  go.addEventListener("click", () => {
    if (timer) { stop(""); return; }
    second = 0;
    place.classList.add("is-breathing");
    go.textContent = say("stop");
    show();
    timer = setInterval(show, 1000);
  });
  place.closest("dialog").addEventListener("close", () => stop(""));
}

function grounding(place) {
  const steps = [...place.querySelectorAll(".grounding__steps li")];
  const step = place.querySelector('[data-slot="grounding-step"]');
  const back = place.querySelector("[data-grounding-back]");
  const on = place.querySelector("[data-grounding-on]");
  let now = 0;

  function show(withFocus) {
    steps.forEach((node, number) => node.classList.toggle("is-now", number === now));
    step.textContent = say("step_of", { n: now + 1, all: steps.length });
    back.disabled = now === 0;
    on.textContent = say(now === steps.length - 1 ? "finish" : "next");
    if (withFocus) { steps[now].tabIndex = -1; steps[now].focus(); }
  }

  back.addEventListener("click", () => { now -= 1; show(true); });
  on.addEventListener("click", () => {
    if (now === steps.length - 1) { place.closest("dialog").close(); return; }
    now += 1;
    show(true);
  });
  place.closest("dialog").addEventListener("close", () => { now = 0; show(false); });
  show(false);
}

for (const place of document.querySelectorAll("[data-breathing]")) breathing(place);
for (const place of document.querySelectorAll("[data-grounding]")) grounding(place);
