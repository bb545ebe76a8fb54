/* Keeps the draft of a note on the server while it is written. Nothing is kept in the browser. */

const form = document.querySelector("[data-draft]");
const state = form?.querySelector("[data-draft-state]");
const PAUSE = 1500; /* ms after the last key */
const AGAIN = 4000; /* ms until the next try when the site does not answer */
let waiting = 0;
let isOnItsWay = false;
let isDirty = false;

async function keep() {
  if (isOnItsWay || !isDirty) return;
  isOnItsWay = true;
  isDirty = false;
  let next = 0;
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (answer.ok) {
      form.elements.version.value = said.version;
      state.textContent = said.saved;
    } else {
      /* A refusal is shown and not repeated: the words stay on the page. */
      state.textContent = said.words;
      if (answer.status >= 500 || answer.status === 429) { isDirty = true; next = AGAIN; }
    }
  } catch {
    state.textContent = form.dataset.wordsWaiting;
    isDirty = true;
    next = AGAIN;
  }
  isOnItsWay = false;
  if (isDirty) { clearTimeout(waiting); waiting = setTimeout(keep, next || PAUSE); }
}

if (form) {
  form.addEventListener("input", () => {
    isDirty = true;
    state.textContent = form.dataset.wordsWriting;
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  });
  /* The signature must not meet its own draft on the way: both count the saves. */
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    if (isOnItsWay) { event.preventDefault(); const button = event.submitter; setTimeout(() => form.requestSubmit(button), 300); return; }
    isDirty = false;
  });
  addEventListener("beforeunload", (event) => { if (isDirty || isOnItsWay) event.preventDefault(); });
  addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
}
