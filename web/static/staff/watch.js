/* On the pages of the desk that show no queue: asks whether alarms still climb by themselves, and says so when not. */

const banner = document.querySelector("[data-watch]");
const ASK_EVERY = 15000;

async function ask() {
  try {
    const answer = await fetch(banner.dataset.watch, { headers: { Accept: "application/json" } });
    if (answer.status === 401 || answer.status === 403) return;
    if (answer.ok) banner.hidden = (await answer.json()).scheduler;
  } catch { /* A site that does not answer is told of by the queue; here the next question tries again. */ }
  setTimeout(ask, ASK_EVERY);
}

if (banner) ask();
