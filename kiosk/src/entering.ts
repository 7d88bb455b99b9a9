/** Coming in: by booking, walking in, as a group, or unlisted with a good signature; `booking/visits/rules_entering.py` in TypeScript. Pure. */
import {
  NEAR_MS, answer, ask, closingAfter, doorsOf, instant, isOpen, labelOf, leaving, personOf, placeOf, refuse, sessionOf, text, visitOf,
} from "./answers";
import type { Case } from "./answers";
import type { Choice, Effect, OpenVisit, Outcome, SessionState } from "./protocol";

/** Where somebody goes: a session, or a facility outside any session. */
export interface Target {
  facility: string;
  session: string | null;
}

type Found = [id: string, session: SessionState];

/** Whether a visit is already there. */
export function isAt(target: Target, visit: OpenVisit): boolean {
  return target.facility === visit.facility && (target.session === null || target.session === (visit.session ?? null));
}

/** Let one person in, ask where to, or say what is possible. */
export function enter(one: Case): Outcome {
  const person = personOf(one);
  if (person.is_held) return refuse(one, "see-desk");
  const chosen = chosenAt(one);
  if (person.is_listed === false) return enterUnlisted(one, chosen);
  const target = bookedNow(one, chosen);
  if (target === null) return walkIn(one, chosen);
  const isAgain = (person.bookings ?? []).some((booking) => booking.session === target.session && booking.state === "arrived");
  return isAgain ? admit(one, target, "welcome-back", "again") : admit(one, target, "welcome", "booked");
}

/** Let a counted group in. */
export function enterByHeads(one: Case): Outcome {
  const { facility, heads } = one.reading.scan;
  if (facility === undefined || !doorsOf(one).includes(facility) || heads === undefined) return refuse(one, "see-desk");
  return admit(one, { facility, session: null }, "welcome-heads", "heads");
}

/** What was chosen on the kiosk, by an answer or before the scan, if it is at this door. */
export function chosenAt(one: Case): Target | null {
  const { scan } = one.reading;
  let facility = scan.facility;
  let session: string | undefined = scan.session_id;
  for (const choice of scan.answers ?? []) {
    const [kind, name = ""] = split(choice);
    if (kind === "session") session = name;
    if (kind === "facility") [facility, session] = [name, undefined];
  }
  const found = sessionOf(one, session);
  if (found !== undefined && session !== undefined && doorsOf(one).includes(found.facility)) return { facility: found.facility, session };
  return facility !== undefined && doorsOf(one).includes(facility) ? { facility, session: null } : null;
}

function split(choice: string): [string, string?] {
  const colon = choice.indexOf(":");
  return colon < 0 ? [choice] : [choice.slice(0, colon), choice.slice(colon + 1)];
}

/** The booking whose door is open here: one not yet used before one used, the earlier before the later. */
export function bookedNow(one: Case, chosen: Target | null): Target | null {
  const found: { rank: [number, number, string]; target: Target }[] = [];
  for (const booking of personOf(one).bookings ?? []) {
    const session = sessionOf(one, booking.session);
    if (session === undefined || !doorsOf(one).includes(session.facility) || !isDoorOpen(session, one.at)) continue;
    if (!fits(session, booking.session, chosen)) continue;
    const rank: [number, number, string] = [Number(booking.state === "arrived"), instant(session.starts_at), booking.session];
    found.push({ rank, target: { facility: session.facility, session: booking.session } });
  }
  found.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || order(a.rank[2], b.rank[2]));
  return found[0]?.target ?? null;
}

/** Let in, unless the facility was closed at once or is full. A visit open elsewhere ends at this moment. */
function admit(one: Case, target: Target, code: string, how: string): Outcome {
  const place = placeOf(one, target.facility);
  const visit = visitOf(one);
  if (place === undefined) return refuse(one, "see-desk");
  const heads = how === "heads" ? (one.reading.scan.heads ?? 1) : 1;
  const inside = place.inside + heads - Number(visit !== null && visit.facility === target.facility);
  if (place.is_closed) return refuse(one, "closed", { label: place.name, facility: target.facility });
  if (inside > place.capacity) return refuse(one, "building-full", { label: place.name, facility: target.facility, inside: place.inside });
  const until = closingAfter(place, one.at) ?? sessionOf(one, target.session)?.ends_at ?? null;
  const entering: Effect = { do: "enter", person: one.key, facility: target.facility, session: target.session, at: text(one.at), how, until, heads };
  const outcome = answer(one, "welcome", code, {
    name: personOf(one).name ?? "",
    label: labelOf(one, target.facility, target.session),
    facility: target.facility,
    session: target.session,
    inside,
    flags: how === "unlisted" ? ["unlisted"] : [],
  });
  const moving = visit === null || one.key === null ? [] : [leaving(one.key, visit, one.at, "move")];
  return { ...outcome, effects: [...moving, entering] };
}

/** A good signature that the list does not know is let in where it is open, and flagged. */
function enterUnlisted(one: Case, chosen: Target | null): Outcome {
  const openNow = doorsOf(one).filter((code) => isOpen(placeOf(one, code), one.at));
  const [first] = openNow;
  if (first === undefined) return closed(one);
  if (chosen !== null && openNow.includes(chosen.facility)) return admit(one, { facility: chosen.facility, session: null }, "welcome-unlisted", "unlisted");
  if (openNow.length === 1) return admit(one, { facility: first, session: null }, "welcome-unlisted", "unlisted");
  return ask(one, "ask-where", openNow.map((code) => ({ id: `facility:${code}`, label: labelOf(one, code, null), facility: code })));
}

/** Without a booking now: the sessions with a walk-in seat, or why there is none. */
function walkIn(one: Case, chosen: Target | null): Outcome {
  const options = optionsFor(one, chosen);
  const booked = chosen === null ? refuseByBooking(one, options) : null;
  if (booked !== null) return booked;
  const [only] = options;
  if (only === undefined) return refuseWalkIn(one, chosen);
  if (options.length === 1) return admit(one, { facility: only[1].facility, session: only[0] }, "welcome-walk-in", "walk-in");
  return ask(one, "ask-where", choicesOf(options));
}

/** Sessions with a seat; of one program at one facility the next, once its door is open, before the running one. */
function optionsFor(one: Case, chosen: Target | null): Found[] {
  const programs = personOf(one).programs ?? [];
  const withSeat = running(one, chosen).filter(([, session]) => programs.includes(session.program) && seatsToWalkIn(session, one.at) > 0);
  return [...new Map(withSeat.map((found) => [`${found[1].facility} ${found[1].program}`, found])).values()];
}

/** Say first that the booking is elsewhere, or later; walking in stays possible as a choice. */
function refuseByBooking(one: Case, options: Found[]): Outcome | null {
  const elsewhere: Found[] = [];
  const later: Found[] = [];
  for (const booking of personOf(one).bookings ?? []) {
    const session = sessionOf(one, booking.session);
    if (session === undefined) continue;
    const opens = instant(session.door_opens_at);
    if (!doorsOf(one).includes(session.facility)) {
      if (isDoorOpen(session, one.at) && booking.state === "confirmed") elsewhere.push([booking.session, session]);
    } else if (one.at < opens && opens <= one.at + NEAR_MS) later.push([booking.session, session]);
  }
  const choices = choicesOf(options);
  const [away] = inOrder(elsewhere);
  if (away !== undefined) {
    const facility = away[1].facility;
    return refuse(one, "wrong-facility", { label: labelOf(one, facility, null), facility, session: away[0], choices });
  }
  const [next] = inOrder(later);
  if (next === undefined) return null;
  const [id, session] = next;
  const opens = instant(session.door_opens_at);
  const minutes = Math.ceil((opens - one.at) / 60_000);
  return refuse(one, "too-early", { label: session.label, facility: session.facility, session: id, minutes, at: text(opens), choices });
}

/** The nearest truth about why nobody can walk in now. */
function refuseWalkIn(one: Case, chosen: Target | null): Outcome {
  const places = doorsOf(one).map((code) => placeOf(one, code));
  const now = running(one, chosen).map(([, session]) => session);
  const [allowed] = now.filter((session) => (personOf(one).programs ?? []).includes(session.program));
  const over = justOver(one);
  const [first] = now;
  if (places.every((place) => place?.is_closed)) return refuse(one, "closed", { label: places[0]?.name ?? "", facility: doorsOf(one)[0] ?? null });
  if (over !== undefined) return refuse(one, "session-over", { label: over.label, facility: over.facility });
  if (allowed !== undefined) return refuse(one, "session-full", { label: allowed.label, facility: allowed.facility });
  if (first !== undefined) return refuse(one, "not-eligible", { label: first.label, facility: first.facility });
  if (!places.some((place) => isOpen(place, one.at))) return closed(one);
  return refuse(one, "nothing-now", { at: nextStart(one) });
}

/** Outside opening hours, with the next opening if it is near. */
function closed(one: Case): Outcome {
  const places = doorsOf(one).map((code) => placeOf(one, code));
  const openings = places
    .flatMap((place) => (place === undefined || place.is_closed ? [] : place.open))
    .map((span) => instant(span.opens_at))
    .filter((opens) => one.at < opens && opens <= one.at + NEAR_MS);
  return refuse(one, "closed", { label: places[0]?.name ?? "", facility: doorsOf(one)[0] ?? null, at: openings.length ? text(Math.min(...openings)) : null });
}

/** Sessions at this door that may be entered now, in the order of their start. */
function running(one: Case, chosen: Target | null): Found[] {
  const found = Object.entries(one.state.sessions).filter(([id, session]) =>
    doorsOf(one).includes(session.facility) && isDoorOpen(session, one.at) && !placeOf(one, session.facility)?.is_closed && fits(session, id, chosen));
  return inOrder(found);
}

/** The last booking here that ended lately. */
function justOver(one: Case): SessionState | undefined {
  return (personOf(one).bookings ?? [])
    .map((booking) => sessionOf(one, booking.session))
    .filter((session) => session !== undefined)
    .filter((session) => doorsOf(one).includes(session.facility) && instant(session.ends_at) <= one.at && one.at < instant(session.ends_at) + NEAR_MS)
    .sort((a, b) => instant(b.ends_at) - instant(a.ends_at))[0];
}

/** When the next session here begins that this person may enter. */
function nextStart(one: Case): string | null {
  const starts = Object.values(one.state.sessions)
    .filter((session) => doorsOf(one).includes(session.facility) && (personOf(one).programs ?? []).includes(session.program))
    .map((session) => instant(session.starts_at))
    .filter((starts_at) => one.at < starts_at && starts_at <= one.at + NEAR_MS);
  return starts.length ? text(Math.min(...starts)) : null;
}

function choicesOf(options: Found[]): Choice[] {
  return options.map(([id, session]) => ({ id: `session:${id}`, label: session.label, facility: session.facility, session: id }));
}

/** Whether a session is what was chosen; everything fits when nothing was. */
function fits(session: SessionState, id: string, chosen: Target | null): boolean {
  if (chosen === null) return true;
  return chosen.session !== null ? chosen.session === id : chosen.facility === session.facility;
}

function inOrder(found: Found[]): Found[] {
  return [...found].sort((a, b) => instant(a[1].starts_at) - instant(b[1].starts_at) || order(a[0], b[0]));
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const isDoorOpen = (session: SessionState, at: number): boolean => instant(session.door_opens_at) <= at && at < instant(session.ends_at);

/** Seats somebody without a booking may take; free web seats count from the moment they roll over. */
export function seatsToWalkIn(session: SessionState, at: number): number {
  const rolled = session.roll_over_at != null && at >= instant(session.roll_over_at) ? (session.web_left ?? 0) : 0;
  return (session.walk_in ?? 0) + rolled - (session.walked_in ?? 0);
}

