/* The sound of an alarm, made by the browser itself: no file to load, no file to lose. */

const REPEAT_EVERY = 4000;
const PATTERNS = {
  alarm: [[880, 0, 0.22], [660, 0.26, 0.22], [880, 0.52, 0.22], [660, 0.78, 0.3]],
  chime: [[523, 0, 0.18], [659, 0.2, 0.3]],
};

let context = null;
let repeating = null;

export function isOn() {
  return context !== null && context.state === "running";
}

export async function turnOn() {
  context = context || new AudioContext();
  await context.resume();
  return isOn();
}

/* Browsers allow sound at once on pages a person has used before; then nobody needs to be asked again. */
export async function tryQuietly() {
  try {
    context = context || new AudioContext();
    const waited = new Promise((resolve) => setTimeout(resolve, 400));
    await Promise.race([context.resume(), waited]);
  } catch { context = null; }
  return isOn();
}

export function ring(name) {
  if (!isOn()) return;
  for (const [pitch, after, long] of PATTERNS[name]) {
    const start = context.currentTime + after;
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.frequency.value = pitch;
    tone.type = name === "alarm" ? "square" : "sine";
    /* Rising and falling softly, so that it calls without a crack in the speaker. */
    loudness.gain.setValueAtTime(0.0001, start);
    loudness.gain.exponentialRampToValueAtTime(0.22, start + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + long);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + long + 0.05);
  }
}

export function keepRinging(mustRing) {
  document.documentElement.dataset.ringing = mustRing ? "yes" : "no";
  if (mustRing && !repeating) {
    ring("alarm");
    repeating = setInterval(() => ring("alarm"), REPEAT_EVERY);
  } else if (!mustRing && repeating) {
    clearInterval(repeating);
    repeating = null;
  }
}
