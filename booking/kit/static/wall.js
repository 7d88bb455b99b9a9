// The screen at an entrance: shows itself again whenever the server's events say so, at least every 15 seconds, and in
// the next language every 15. The new picture replaces the old one whole, so that nothing flickers.
// A newly called number sounds, where the browser lets a page sound at all.
const ROUND_MS = 15000;
const QUIET_MS = 700;
const FAILED_MS = 5000;

let shown = location.href;
let timer = 0;
let called = numbers(document);

function numbers(root) {
  return new Set([...root.querySelectorAll("[data-called]")].flatMap((each) =>
    each.dataset.called.split(" ").filter(Boolean).map((number) => `${each.dataset.facility}:${number}`)));
}

async function show(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!fresh.getElementById("wall")) throw new Error("not the wall");
  const styles = (root) => root.querySelector("link[rel=stylesheet]").getAttribute("href");
  if (styles(fresh) !== styles(document)) return location.reload(); // the service was updated
  document.documentElement.lang = fresh.documentElement.lang;
  document.body.lang = fresh.body.lang;
  document.body.dataset.next = fresh.body.dataset.next;
  document.body.replaceChildren(...fresh.body.childNodes);
  shown = address;
  const now = numbers(document);
  if ([...now].some((each) => !called.has(each))) ring();
  called = now;
}

function soon(wait, address) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const asked = address ?? document.body.dataset.next;
    show(asked).then(() => soon(ROUND_MS), () => soon(FAILED_MS, shown));
  }, wait);
}

let sound = null;
async function ring() {
  try {
    sound ??= new AudioContext();
    await sound.resume();
    [660, 880].forEach((pitch, place) => {
      const note = sound.createOscillator();
      const loud = sound.createGain();
      const at = sound.currentTime + place * 0.35;
      note.frequency.value = pitch;
      loud.gain.setValueAtTime(0.25, at);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
      note.connect(loud).connect(sound.destination);
      note.start(at);
      note.stop(at + 0.6);
    });
  } catch {
    // A browser that lets no page sound without a touch: the number is on the screen.
  }
}

let heard = 0;
let events = null;
const open = () => {
  if (events) return;
  events = new EventSource(document.body.dataset.events);
  events.addEventListener("change", () => {
    if (heard) return;
    heard = setTimeout(() => { heard = 0; show(shown).catch(() => {}); }, QUIET_MS);
  });
};
addEventListener("pagehide", () => { events?.close(); events = null; }); // a page kept behind "Back" keeps its line too
addEventListener("pageshow", open);
open();
soon(ROUND_MS);
