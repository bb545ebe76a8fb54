/* Speaks to our own site. Every answer is one of: {ok, data} or {ok: false, status, data}; status 0 means no network. */

const token = document.querySelector('meta[name="csrf-token"]');
const PATIENCE = 20000; // milliseconds; a dead connection must not hold a sentence for longer

async function ask(path, { method = "GET", body } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = token.content;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    });
    const data = await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, data };
  } catch {
    return { ok: false, status: 0, data: {} };
  }
}

/* The form token can outlive its session (another tab signed out, a phone slept for a night): fetch a fresh one. */
async function freshToken() {
  try {
    const page = await fetch("/about", { credentials: "same-origin", cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector('meta[name="csrf-token"]');
    if (fresh) token.content = fresh.content;
    return Boolean(fresh);
  } catch {
    return false;
  }
}

export async function get(path) {
  return ask(path);
}

export async function post(path, body) {
  const answer = await ask(path, { method: "POST", body });
  if (answer.status === 400 && answer.data.error === "csrf" && await freshToken()) {
    return ask(path, { method: "POST", body });
  }
  return answer;
}
