/* Shows the phone's own time beside the base's where the two differ, and opens the fields for somebody else. */

const note = document.querySelector("[data-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

function written(moment, zone) {
  return new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: zone, hourCycle: "h23", weekday: "short", hour: "2-digit", minute: "2-digit",
  }).format(moment);
}

/* Two zones with other names can show the same time, so the times are compared and not the names. */
let differs = false;
for (const time of document.querySelectorAll("time[data-zoned]")) {
  const moment = new Date(time.dateTime);
  const base = note?.dataset.zone || "Asia/Shanghai";
  if (written(moment, own) === written(moment, base)) continue;
  differs = true;
  const there = document.createElement("span");
  there.className = "slot__zone";
  there.textContent = written(moment, own);
  time.append(" ", there);
}
if (differs && note) note.textContent = note.dataset.words;

const behalf = document.querySelector("[data-behalf]");
if (behalf) {
  const show = () => { behalf.hidden = document.querySelector("[name='for_whom']:checked")?.value !== "other"; };
  document.addEventListener("change", show);
  show();
}
/* A change of what or how shows its times at once; without scripts the button does. */
const ask = document.querySelector(".booking-ask");
if (ask) ask.addEventListener("change", (event) => { if (event.target.matches("#service, #mode")) ask.requestSubmit(); });
