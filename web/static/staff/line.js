/* The line to the site: live when it can be, asking every few seconds when it cannot, and honest about which it is. */

const ASK_EVERY = 15000;
const ASK_SOON = 3000;
/* After this silence of every kind the page says that it may be old. */
const SILENT_AFTER = 20000;

export function openLine({ stream, events, ask, onState, onSignedOut }) {
  let source = null;
  let isLive = false;
  let lastHeard = Date.now();
  let timer = null;
  let isOver = false;
  let state = "";

  function tell() {
    const next = isOver ? "signed_out" : isLive ? "live" : Date.now() - lastHeard > SILENT_AFTER ? "silent" : "polling";
    if (next !== state) { state = next; onState(next); }
  }

  function heard() { lastHeard = Date.now(); tell(); }

  function signedOut() {
    isOver = true;
    if (source) source.close();
    clearTimeout(timer);
    onSignedOut();
    tell();
  }

  function connect() {
    if (isOver) return;
    if (source) source.close();
    source = new EventSource(stream());
    source.addEventListener("open", () => { isLive = true; heard(); askNow(); });
    source.addEventListener("error", () => {
      isLive = false;
      tell();
      askSoon(ASK_SOON);
      /* A browser gives a stream up for good after some answers (a restart, a 503); then we open a new one. */
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, ASK_SOON);
    });
    source.addEventListener("signed_out", signedOut);
    for (const [name, take] of Object.entries(events)) {
      source.addEventListener(name, (event) => { heard(); take(JSON.parse(event.data)); });
    }
  }

  function askSoon(wait) {
    clearTimeout(timer);
    timer = setTimeout(askNow, wait);
  }

  async function askNow() {
    if (isOver) return;
    clearTimeout(timer);
    const patience = new AbortController();
    const stop = setTimeout(() => patience.abort(), 8000);
    try {
      const answer = await fetch(ask.url(), { headers: { Accept: "application/json" }, signal: patience.signal });
      if (answer.status === 401 || answer.status === 403) { signedOut(); return; }
      if (answer.ok) { ask.take(await answer.json()); heard(); }
    } catch { /* No answer is what the state below is about. */ }
    finally { clearTimeout(stop); }
    tell();
    /* Asking goes on while the line is live: a line can be dead without saying so, and an open desk is not idle. */
    askSoon(isLive ? ASK_EVERY : ASK_SOON);
  }

  connect();
  askSoon(ASK_EVERY);
  setInterval(tell, 1000);
  addEventListener("online", () => { connect(); askNow(); });
  addEventListener("pagehide", () => { if (source) source.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) askNow(); });
  return { askNow };
}

/* Writes the state of the line where the person sees it. */
export function showLine(page) {
  return (state) => {
    const mark = page.querySelector("[data-line]");
    mark.dataset.lineState = state;
    const words = { live: page.dataset.wordsLive, polling: page.dataset.wordsPolling };
    mark.querySelector("[data-line-words]").textContent = words[state] || page.dataset.wordsSilent;
    for (const name of ["silent", "signed_out"]) {
      const notice = page.querySelector(`[data-system="${name}"]`);
      if (notice) notice.hidden = state !== name;
    }
  };
}
