/* Joins the parts of the chat: what is typed or tapped goes to the outbox, what arrives goes to the thread. */

import { post } from "./api.js";
import * as composer from "./composer.js";
import "./exercises.js";
import * as line from "./line.js";
import * as outbox from "./outbox.js";
import { add, advance, settle, showCode } from "./thread.js";
import { dayAndTime, say } from "./words.js";

const chat = document.getElementById("chat");
const problem = document.getElementById("problem");
const lineState = document.getElementById("line-state");
const typing = document.getElementById("typing");
let status = null;

/* What went wrong stands above the place to write, until something goes right again. */
function tell(words, link) {
  problem.replaceChildren();
  if (!words) return;
  const box = document.createElement("div");
  box.className = "notice notice--danger";
  const text = document.createElement("p");
  text.textContent = words;
  if (link) text.append(" ", link);
  box.append(text);
  problem.append(box);
}

function linkToResume() {
  const link = document.createElement("a");
  link.href = "/resume";
  link.textContent = say("come_back");
  return link;
}

/* Who is speaking */
function show(next) {
  status = next;
  const withPerson = next.owner === "staff";
  chat.dataset.owner = next.owner;
  chat.querySelector('[data-who="name"]').textContent =
    withPerson ? say("with_person", { name: next.staff_name }) : say("with_programme");
  chat.querySelector(".who__icon use").setAttribute("href", withPerson ? "#i-person" : "#i-programme");
  chat.querySelector('[data-who="more"]').textContent = explain(next, withPerson);
  chat.querySelector("[data-ask-human]").hidden = withPerson || next.closed;
  chat.querySelector("[data-place]").hidden = !next.line;
  const place = chat.querySelector("[data-place-words]");
  if (place.textContent !== (next.line ?? "")) place.textContent = next.line ?? "";
  chat.querySelector("[data-rate]").hidden = !next.rate;
  document.getElementById("composer").hidden = next.closed;
  document.getElementById("closed").hidden = !next.closed;
}

function explain(next, withPerson) {
  if (next.closed) return say("ended");
  if (withPerson) return say("a_person");
  if (next.waiting) return say("waiting");
  if (!next.bot_available) return say("programme_away");
  if (next.staffed) return say("on_duty");
  return next.next_at ? say("next_duty", { when: dayAndTime(next.next_at) }) : say("no_duty");
}

/* Who is writing */
let typingTimer = null;
function showTyping(who) {
  const name = status?.staff_name ?? say("colleague");
  typing.querySelector('[data-slot="typing"]').textContent =
    who === "staff" ? say("person_writes", { name }) : say("programme_writes");
  typing.hidden = false;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(hideTyping, 9000);
}
function hideTyping() {
  typing.hidden = true;
}

/* Sending */
function send(text) {
  tell("");
  outbox.push({ client_key: outbox.newKey(), text });
}

document.getElementById("messages").addEventListener("submit", (event) => {
  const form = event.target.closest(".taps");
  if (!form) return;
  event.preventDefault();
  const tap = event.submitter;
  if (!tap || tap.disabled) return;
  settle(form, tap);
  tell("");
  const [messageId, button] = tap.value.split(".").map(Number);
  /* The key names the answered question: the same tap in two tabs is one answer. */
  outbox.push({ client_key: `tap-${messageId}`, message_id: messageId, button, title: tap.textContent.trim() });
  /* Not the place to write: on a phone that would open the keyboard over the next question. */
  document.getElementById("thread").focus({ preventScroll: true });
});

outbox.on("sent", () => { if (status?.owner !== "staff" && status?.bot_available !== false) showTyping("bot"); });
outbox.on("refused", (entry, words) => {
  tell(words);
  if (entry.text) composer.putBack(entry.text);
  line.catchUp();
});
function windowLost(words) {
  line.stop();
  if (words) composer.putBack(words);
  tell(say("no_conversation"), linkToResume());
}
outbox.on("lost", windowLost);

/* Receiving */
line.on("status", show);
line.on("typing", showTyping);
line.on("lost", () => windowLost(""));
line.on("weak", (how) => { lineState.textContent = how ? say(how) : ""; });
line.on("news", (views) => { if (views.some((view) => !view.mine)) hideTyping(); });

/* A person, please: works without the programme, and while the button rests nothing is asked twice. */
const askHuman = chat.querySelector("[data-ask-human]");
askHuman.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = askHuman.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  const answer = await post("/chat/human");
  button.disabled = false;
  if (answer.ok) {
    tell("");
    add(answer.data.messages ?? []);
    advance();
    if (answer.data.status) show(answer.data.status);
  } else if (answer.status === 401) {
    windowLost("");
  } else {
    tell(answer.data.words ?? say("offline"));
  }
});

/* A new code to come back with */
document.getElementById("make-code").addEventListener("click", async () => {
  const answer = await post("/chat/code");
  if (!answer.ok) {
    document.getElementById("new-code").close();
    tell(answer.data.words ?? say("offline"));
    return;
  }
  document.getElementById("new-code").close();
  showCode(answer.data.code);
});
/* Shown once means once: put away, the code is not in the page any more. */
document.getElementById("messages").addEventListener("click", (event) => {
  if (event.target.closest("#code [data-closes]")) document.getElementById("code").remove();
});
document.querySelector("[data-forget]").addEventListener("submit", () => {
  try { sessionStorage.clear(); } catch { /* Nothing was stored. */ }
});

composer.start(send);
outbox.resume();
line.start();
