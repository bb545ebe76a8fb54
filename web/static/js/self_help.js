/* One step per screen, kept on this phone: the number of the step for another day, the words until the window closes.
   Once the page is open it needs no network; ratings wait here until there is one. */

const place = document.getElementById("exercise");
const { key, heavy, ratingUrl } = place.dataset;
const steps = [...place.querySelectorAll("[data-step]")];
const help = document.getElementById("help-card");
const STEP = `ny-self-help-step-${key}`;
const WORDS = `ny-self-help-${key}`;
const WAITING = "ny-self-help-ratings";
const IN = 4;
const OUT = 6; // seconds; out is longer than in, and nothing is held

function read(store, name, otherwise) {
  try { return JSON.parse(store.getItem(name)) ?? otherwise; } catch { return otherwise; }
}

function keep(store, name, value) {
  /* Storage can be full or switched off; the exercise goes on without it. */
  try { store.setItem(name, JSON.stringify(value)); } catch { /* nothing to do */ }
}

const earlier = read(localStorage, STEP, 0);
const goesOn = Number.isInteger(earlier) && earlier > 0 && earlier < steps.length;
const kept = read(sessionStorage, WORDS, { words: {}, before: null, after: null });
/* A run that goes on keeps its mark, so that the numbers before and after find each other. */
if (!goesOn || !kept.run) Object.assign(kept, { run: place.dataset.run, before: null, after: null });
let now = 0;

/* Ratings: a number and a run that names nobody. */
async function deliver() {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  let waiting = read(localStorage, WAITING, []);
  while (waiting.length) {
    const [first] = waiting;
    let answer;
    try {
      answer = await fetch(first.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify(first.body),
      });
    } catch { return; }
    if (answer.status >= 500 || answer.status === 429) return;
    waiting = read(localStorage, WAITING, []).slice(1);
    keep(localStorage, WAITING, waiting);
  }
}

function showHelp() {
  help.hidden = false;
  steps[now].before(help);
  help.focus();
  help.scrollIntoView({ block: "start" });
}

function rate(moment, value) {
  kept[moment] = value;
  keep(sessionStorage, WORDS, kept);
  keep(localStorage, WAITING, [...read(localStorage, WAITING, []), { url: ratingUrl, body: { run: kept.run, moment, value } }].slice(-20));
  deliver();
  const rose = moment === "after" && kept.before !== null && value > kept.before;
  go(now + 1);
  if (value >= Number(heavy) || rose) showHelp();
}

/* Steps */
function sayResult() {
  const line = place.querySelector("[data-result]");
  const { before, after } = kept;
  if (before === null || after === null || after > before) { line.textContent = ""; return; }
  const words = after < before ? line.dataset.lighter : line.dataset.same;
  line.textContent = words.replace("{before}", before).replace("{after}", after);
}

function offerToSend() {
  const form = place.querySelector("[data-send]");
  const written = steps.flatMap((step) => {
    const field = step.querySelector("[data-keep]");
    const said = field && kept.words[field.dataset.keep];
    return said ? [`${step.querySelector(".step__text").innerText.replace(/\s*\n\s*/g, " ")}\n${said}`] : [];
  });
  form.hidden = written.length === 0;
  form.elements.run.value = kept.run;
  form.querySelector("textarea").value = written.join("\n\n");
}

function go(number, quietly) {
  now = Math.max(0, Math.min(steps.length - 1, number));
  steps.forEach((step, index) => { step.hidden = index !== now; });
  /* Whoever goes on keeps the numbers in reach, below the step. */
  steps[now].after(help);
  place.querySelector("[data-progress]").textContent =
    place.dataset.stepOf.replace("{n}", now + 1).replace("{all}", steps.length);
  keep(localStorage, STEP, now === steps.length - 1 ? 0 : now);
  if (now === steps.length - 1) { sayResult(); offerToSend(); }
  place.dispatchEvent(new CustomEvent("ny-silence"));
  if (quietly) return;
  steps[now].tabIndex = -1;
  steps[now].focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

function newMark() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromStart() {
  kept.words = {};
  kept.run = newMark();
  kept.before = kept.after = null;
  keep(sessionStorage, WORDS, kept);
  for (const field of place.querySelectorAll("[data-keep]")) {
    if (field.type === "radio") field.checked = false; else field.value = "";
  }
  help.hidden = true;
  place.querySelector("[data-resume]").hidden = true;
  go(0);
}

for (const field of place.querySelectorAll("[data-keep]")) {
  const name = field.dataset.keep;
  if (field.type === "radio") field.checked = kept.words[name] === field.value;
  else field.value = kept.words[name] ?? "";
  field.addEventListener("input", () => {
    kept.words[name] = field.value;
    keep(sessionStorage, WORDS, kept);
  });
}
for (const form of place.querySelectorAll("[data-rating]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    rate(form.dataset.rating, Number(event.submitter.value));
  });
}
for (const button of place.querySelectorAll("[data-on]")) button.addEventListener("click", () => go(now + 1));
for (const button of place.querySelectorAll("[data-back]")) button.addEventListener("click", () => go(now - 1));
for (const button of place.querySelectorAll("[data-from-start]")) button.addEventListener("click", fromStart);

/* The moving picture: the sun's size is the style sheet's, the count is ours. */
for (const breath of place.querySelectorAll("[data-breath]")) {
  const goButton = breath.querySelector("[data-breath-go]");
  const word = breath.querySelector("[data-breath-word]");
  const count = breath.querySelector("[data-breath-count]");
  const rounds = Number(breath.dataset.rounds);
  let timer = null;
  let second = 0;

  const stop = (words) => {
    clearInterval(timer);
    timer = null;
    breath.classList.remove("is-breathing");
    word.textContent = "";
    count.textContent = words;
    goButton.textContent = words ? place.dataset.again : place.dataset.begin;
  };
  const show = () => {
    const round = Math.trunc(second / (IN + OUT));
    if (round >= rounds || breath.offsetParent === null) { stop(round >= rounds ? place.dataset.done : ""); return; }
    const inside = second % (IN + OUT);
    word.textContent = inside < IN ? `${place.dataset.in} ${inside + 1}` : `${place.dataset.out} ${inside - IN + 1}`;
    if (inside === 0) count.textContent = place.dataset.breathOf.replace("{n}", round + 1).replace("{all}", rounds);
    second += 1;
  };
  goButton.addEventListener("click", () => {
    if (timer) { stop(""); return; }
    second = 0;
    breath.classList.add("is-breathing");
    goButton.textContent = place.dataset.stop;
    show();
    timer = setInterval(show, 1000);
  });
}

addEventListener("online", deliver);
deliver();
keep(sessionStorage, WORDS, kept);
if (goesOn) {
  place.querySelector("[data-resume]").hidden = false;
  go(earlier, true);
} else {
  go(0, true);
}
