/* Large type in the chat: one question on the screen. What was said before is one tap away, and danger stays in sight. */

import { scrollToNewest } from "./thread.js";

const root = document.documentElement;
const chat = document.getElementById("chat");
const thread = document.getElementById("thread");
const list = document.getElementById("messages");
const earlier = document.querySelector("[data-earlier]");
let showsEarlier = false;

/* With a colleague it is a talk between two people, and nothing of it is put away. */
function isOneByOne() {
  return root.dataset.size === "large" && chat.dataset.owner !== "staff";
}

/* The screen begins after the person's newest words; while they wait for an answer, with those words. */
function beginning(nodes) {
  let mine = -1;
  nodes.forEach((node, place) => { if (node.dataset.sender === "person") mine = place; });
  return mine < nodes.length - 1 ? mine + 1 : mine;
}

function layOut() {
  const nodes = [...list.children];
  const begins = isOneByOne() ? beginning(nodes) : 0;
  let danger = null;
  nodes.forEach((node, place) => {
    node.classList.toggle("is-earlier", place < begins);
    node.classList.remove("is-kept");
    if (node.dataset.kind === "crisis") danger = node;
  });
  danger?.classList.toggle("is-kept", danger.classList.contains("is-earlier"));
  const isOne = isOneByOne() && !showsEarlier;
  if (isOne) thread.dataset.one = "yes"; else delete thread.dataset.one;
  earlier.hidden = begins < 1;
  earlier.setAttribute("aria-expanded", String(showsEarlier));
  earlier.querySelector("span").textContent = showsEarlier ? earlier.dataset.closeWords : earlier.dataset.openWords;
  scrollToNewest();
}

earlier.addEventListener("click", () => { showsEarlier = !showsEarlier; layOut(); });
new MutationObserver((changes) => {
  /* Folding a long text or typing must not move the screen; a message that comes or goes does. */
  if (!changes.some((change) => change.target === list)) return;
  if (isOneByOne()) { showsEarlier = false; layOut(); }
}).observe(list, { childList: true });
new MutationObserver(layOut).observe(root, { attributes: true, attributeFilter: ["data-size"] });
new MutationObserver(layOut).observe(chat, { attributes: true, attributeFilter: ["data-owner"] });
layOut();
