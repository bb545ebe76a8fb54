/* Reads what is on the screen and every new answer aloud, where the phone has a voice and the person has asked for it. */

const voice = window.speechSynthesis;
const buttons = [...document.querySelectorAll("[data-chat-aloud]")];
const list = document.getElementById("messages");
const CHOICE = "ny-read-aloud";
let isOn = false;

/* The answers are read with the question; "skip" and "stop" stand there every time and would only tire. */
function wordsOf(message) {
  const taps = [...message.querySelectorAll(".tap:not(.tap--quiet):not(:disabled)")].map((tap) => tap.innerText.trim());
  const lead = message.querySelector('[data-slot="lead"]')?.innerText.trim();
  return [lead, message.querySelector('[data-slot="text"]').innerText.trim(), ...taps].filter(Boolean).join("。");
}

function speak(message) {
  const speech = new SpeechSynthesisUtterance(wordsOf(message));
  speech.lang = document.documentElement.lang;
  speech.rate = 0.85; // Slower than the phone's own pace: it is for tired ears.
  voice.speak(speech);
}

function isOurs(node) {
  return Boolean(node.matches?.(".message")) && node.dataset.sender !== "person";
}

/* Everything since the person's newest words: what they see with one question on the screen. */
function present() {
  const found = [];
  for (const node of list.children) {
    if (node.dataset.sender === "person") found.length = 0;
    else if (isOurs(node)) found.push(node);
  }
  return found;
}

function turn(on) {
  isOn = on;
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("span").textContent = on ? button.dataset.stopWords : button.dataset.beginWords;
  }
  /* Only for this window: on a shared phone the next person is not read to. */
  try { sessionStorage.setItem(CHOICE, on ? "on" : ""); } catch { /* It works without being remembered. */ }
  voice.cancel();
}

function start() {
  let before = false;
  try { before = sessionStorage.getItem(CHOICE) === "on"; } catch { /* Nothing was remembered. */ }
  turn(before);
  for (const button of buttons) {
    (button.closest("li") ?? button).hidden = false;
    button.hidden = false;
    button.addEventListener("click", () => {
      turn(!isOn);
      if (isOn) present().forEach(speak);
    });
  }
  new MutationObserver((changes) => {
    if (!isOn) return;
    const added = changes.flatMap((change) => [...change.addedNodes]);
    /* Whoever has answered need not hear the old question to its end. */
    if (added.some((node) => node.dataset?.sender === "person")) voice.cancel();
    added.filter(isOurs).forEach(speak);
  }).observe(list, { childList: true });
  addEventListener("pagehide", () => voice.cancel());
}

if (buttons.length && voice && "SpeechSynthesisUtterance" in window) start();
