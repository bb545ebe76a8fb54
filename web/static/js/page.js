/* What every page needs: the quick exit, the size switch, dialogs, clocks, and forms that go out once. */

const root = document.documentElement;
root.classList.add("has-script");

/* Quick exit: the page is emptied first, because a person may be walking in right now. */
const exitForm = document.querySelector("[data-quick-exit]");
const windows = "BroadcastChannel" in window ? new BroadcastChannel("ny-leave") : null;

function wipe(destination) {
  try { sessionStorage.clear(); } catch { /* Storage can be switched off; then there is nothing to clear. */ }
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("ny-self-help")) localStorage.removeItem(name);
  } catch { /* The same. */ }
  document.title = "\u00a0";
  document.body.replaceChildren();
  location.replace(destination);
}

function leaveNow() {
  const destination = exitForm.dataset.quickExit;
  const goodbye = new FormData(exitForm);
  const sent = navigator.sendBeacon && navigator.sendBeacon(exitForm.action, goodbye);
  if (!sent) fetch(exitForm.action, { method: "POST", body: goodbye, keepalive: true }).catch(() => {});
  if (windows) windows.postMessage(destination);
  wipe(destination);
}

if (exitForm) {
  exitForm.addEventListener("submit", (event) => { event.preventDefault(); leaveNow(); });
  if (windows) windows.addEventListener("message", (event) => wipe(event.data));
  let lastEscape = 0;
  /* Capturing, so that the first Esc may close a dialog and still counts. Esc while composing Chinese only
     cancels the composition. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.repeat) return;
    const now = Date.now();
    if (now - lastEscape < 1200) leaveNow();
    lastEscape = now;
  }, true);
}

/* Size of text: the same cookie that the server reads, so the next page needs no script to be right. */
for (const form of document.querySelectorAll("[data-text-size]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isLarge = root.dataset.size !== "large";
    root.dataset.size = isLarge ? "large" : "normal";
    document.cookie = `ny_size=${root.dataset.size}; path=/; max-age=31536000; samesite=lax`;
    const button = form.querySelector("button");
    button.setAttribute("aria-pressed", String(isLarge));
    button.value = isLarge ? "normal" : "large";
  });
}

/* Forms that must go out once: a second tap while the first is on its way does nothing. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.gone) event.preventDefault();
  form.dataset.gone = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-gone]")) delete form.dataset.gone;
});

/* Dialogs */
export function openDialog(dialog) {
  for (const other of document.querySelectorAll("dialog[open]")) if (other !== dialog) other.close();
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) openDialog(document.getElementById(opener.dataset.opens));
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  /* A tap beside the dialog closes it, except where something would be lost by a slip. */
  if (event.target.matches("dialog[open]") && !event.target.hasAttribute("data-open-at-once")) event.target.close();
  const copier = event.target.closest("[data-copies]");
  if (copier) copyText(copier);
});
for (const dialog of document.querySelectorAll("dialog[data-open-at-once]")) openDialog(dialog);

async function copyText(button) {
  const source = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    toast(button.dataset.copied);
  } catch {
    /* Without permission the text is marked, so that the person can copy it by hand. */
    getSelection().selectAllChildren(source);
  }
}

/* Toasts */
export function toast(words) {
  const place = document.getElementById("toasts");
  const note = document.createElement("div");
  note.className = "toast";
  note.textContent = words;
  place.append(note);
  setTimeout(() => note.remove(), 5000);
}

/* Clocks: [data-timer] counts to its moment and past it. */
function written(seconds) {
  const whole = Math.abs(Math.trunc(seconds));
  const hours = Math.trunc(whole / 3600);
  const minutes = Math.trunc((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

export function tick(now = Date.now()) {
  for (const timer of document.querySelectorAll("[data-timer]")) {
    const until = timer.dataset.stopped ? Date.parse(timer.dataset.stopped) : now;
    const left = (Date.parse(timer.dateTime) - until) / 1000;
    const words = left >= 0 ? timer.dataset.wordsLeft : timer.dataset.wordsOver;
    timer.querySelector("[data-timer-words]").textContent = words.replace("{time}", written(left));
    if (timer.dataset.stopped) continue;
    timer.dataset.state = left < 0 ? "over" : left < Number(timer.dataset.soon || 60) ? "soon" : "running";
  }
}
if (document.querySelector("[data-timer], [data-timers]")) { tick(); setInterval(tick, 1000); }

const firstProblem = document.querySelector("[data-focus-first]");
if (firstProblem) firstProblem.focus();
