/* Reads new answers of the chat aloud, where the phone has a voice and the person has asked for it. */

const voice = window.speechSynthesis;
const button = document.querySelector("[data-chat-aloud]");
const list = document.getElementById("messages");
const CHOICE = "ny-read-aloud";

function wordsOf(message) {
  const taps = [...message.querySelectorAll(".tap")].map((tap) => tap.innerText.trim());
  return [message.querySelector('[data-slot="text"]').innerText.trim(), ...taps].filter(Boolean).join("。");
}

function speak(message) {
  if (message.dataset.sender === "person") return;
  const speech = new SpeechSynthesisUtterance(wordsOf(message));
  speech.lang = document.documentElement.lang;
  speech.rate = 0.85; // Slower than the phone's own pace: it is for tired ears.
  voice.speak(speech);
}

function isOn() {
  return button.getAttribute("aria-pressed") === "true";
}

function turn(on) {
  button.setAttribute("aria-pressed", String(on));
  button.querySelector("span").textContent = on ? button.dataset.stopWords : button.dataset.beginWords;
  /* Only for this window: on a shared phone the next person is not read to. */
  try { sessionStorage.setItem(CHOICE, on ? "on" : ""); } catch { /* It works without being remembered. */ }
  if (!on) voice.cancel();
}

if (button && voice && "SpeechSynthesisUtterance" in window) {
  button.closest("li").hidden = false;
  let before = false;
  try { before = sessionStorage.getItem(CHOICE) === "on"; } catch { /* Nothing was remembered. */ }
  turn(before);
  button.addEventListener("click", () => {
    turn(!isOn());
    const newest = [...list.children].reverse().find((message) => message.dataset.sender !== "person");
    if (isOn() && newest) speak(newest);
  });
  new MutationObserver((changes) => {
    if (!isOn()) return;
    for (const change of changes) for (const node of change.addedNodes) if (node.matches?.(".message")) speak(node);
  }).observe(list, { childList: true });
  addEventListener("pagehide", () => voice.cancel());
}
