// Live parts: an element with data-live shows its own part of the page at that address again whenever
// the server's events say so (data-events), or every 30 seconds; every 15 where the events do not come. Without JavaScript
// the page is simply not live.
const QUIET_MS = 700; // with the answer on its way: a second
const ROUND_MS = 15000;
const SILENT_MS = 35000; // the server says something every 15 seconds

async function refresh(part) {
  const answer = await fetch(part.dataset.live || location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (answer.redirected || !answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = fresh.getElementById(part.id);
  if (!next) return;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  if (focused && /^(INPUT|SELECT|TEXTAREA)$/.test(focused.tagName)) return; // somebody is typing here
  const opened = [...part.querySelectorAll("details[open][id]")].map((each) => each.id);
  if (part.matches(":active")) return; // somebody is pressing a button here; the next event or the clock comes again
  const address = focused?.getAttribute("href");
  const id = focused?.id;
  part.replaceChildren(...next.childNodes);
  for (const one of opened) document.getElementById(one)?.setAttribute("open", "");
  if (id) document.getElementById(id)?.focus();
  else if (address) part.querySelector(`[href="${CSS.escape(address)}"]`)?.focus();
  const sprite = fresh.querySelector(".sprite");
  if (sprite) document.querySelector(".sprite")?.replaceWith(sprite);
}

// A browser keeps six lines to one server. A page that is left stays behind "Back" with its line open, and so does one in
// another tab: the seventh page would wait for ever. So a page listens only while somebody can see it.
// Where the events are blocked, held back on their way or ended, nothing is heard, and the part is shown again by the clock.
function listen(part, soon) {
  let events = null;
  let told = false;
  let heard = 0;
  const hear = () => { heard = Date.now(); };
  const close = () => { events?.close(); events = null; };
  const open = () => {
    if (events || document.hidden) return;
    events = new EventSource(part.dataset.events);
    for (const name of ["hello", "beat"]) events.addEventListener(name, hear);
    events.onopen = () => { if (told) soon(); told = true; }; // after a break something may have been missed
    events.onmessage = soon;
    for (const name of (part.dataset.eventNames || "change resync").split(" ")) events.addEventListener(name, () => { hear(); soon(); });
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
  return () => {
    if (events?.readyState === EventSource.CLOSED) { close(); open(); } // the browser has given up: ask again
    return Date.now() - heard < SILENT_MS;
  };
}

function follow(part) {
  let timer = 0;
  let last = 0;
  const soon = () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      last = Date.now();
      refresh(part).catch(() => {});
    }, Math.max(0, last + QUIET_MS - Date.now()));
  };
  const isHeard = part.dataset.events ? listen(part, soon) : () => true;
  let round = 0;
  setInterval(() => {
    round += 1;
    if (!document.hidden && (!isHeard() || round % 2 === 0)) soon();
  }, ROUND_MS);
}

for (const part of document.querySelectorAll("[data-live][id]")) follow(part);
