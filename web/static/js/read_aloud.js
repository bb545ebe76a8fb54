/* Reads what is visible, with the voice that the phone has. Without one the button never appears. */

const voice = window.speechSynthesis;

function visibleWords(root) {
  const parts = [...root.querySelectorAll("[data-speak]")].filter((node) => node.offsetParent !== null);
  return parts.map((node) => node.innerText.trim()).filter(Boolean).join("。");
}

function install(button) {
  const words = button.querySelector("span");
  const begin = words.textContent;
  const root = document.querySelector(button.dataset.readAloud);

  function quiet() {
    voice.cancel();
    words.textContent = begin;
    button.setAttribute("aria-pressed", "false");
  }

  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") { quiet(); return; }
    voice.cancel();
    const speech = new SpeechSynthesisUtterance(visibleWords(root));
    speech.lang = document.documentElement.lang;
    speech.rate = 0.85; // Slower than the phone's own pace: it is for tired ears.
    speech.addEventListener("end", quiet);
    speech.addEventListener("error", quiet);
    words.textContent = button.dataset.stopWords;
    button.setAttribute("aria-pressed", "true");
    voice.speak(speech);
  });
  root.addEventListener("ny-silence", quiet);
  addEventListener("pagehide", quiet);
}

if (voice && "SpeechSynthesisUtterance" in window) {
  for (const button of document.querySelectorAll("[data-read-aloud]")) install(button);
}
