/* The sentences of the page's language, translated by the server. */

const sentences = JSON.parse(document.getElementById("chat-words").textContent);

export function say(name, parts = {}) {
  let sentence = sentences[name] ?? name;
  for (const [key, value] of Object.entries(parts)) sentence = sentence.replace(`{${key}}`, value);
  return sentence;
}

const clock = new Intl.DateTimeFormat(say("language"), {
  hour: "2-digit", minute: "2-digit", hour12: false, hourCycle: "h23", timeZone: say("timezone"),
});

const day = new Intl.DateTimeFormat(say("language"), { month: "short", day: "numeric", timeZone: say("timezone") });

export function dayAndTime(iso) {
  return `${day.format(new Date(iso))} ${timeOfDay(iso)}`;
}

/* The base's own time, the same that the server writes, wherever the telephone believes to be. */
export function timeOfDay(iso) {
  return clock.format(new Date(iso));
}
