/* On every page of the desk: clocks, buttons that answer without leaving the page, focus on what was refused. */

import "./clocks.js";

export const token = () => document.querySelector("meta[name='csrf-token']").content;

export function say(words) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = words;
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), 7000);
}

async function press(form) {
  const button = form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) say(body.words || String(answer.status));
    form.dispatchEvent(new CustomEvent("desk:pressed", { bubbles: true, detail: { ok: answer.ok } }));
  } catch {
    /* Without script the browser shows its own page for a site that does not answer; here the button just works again. */
    form.dispatchEvent(new CustomEvent("desk:pressed", { bubbles: true, detail: { ok: false } }));
    say(document.documentElement.lang.startsWith("en") ? "The site did not answer. Please press again." : "网站没有回应，请再按一次。");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-live]")) return;
  event.preventDefault();
  press(event.target);
});

const first = document.querySelector("[data-focus-first]");
if (first) first.focus();
