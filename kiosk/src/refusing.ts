/** Why nobody is let in: the nearest truth first, and what is possible instead; `booking/visits/rules_refusing.py` in TypeScript. Pure. */
import { NEAR_MS, doorsOf, instant, isClosedAt, isOpen, labelOf, personOf, placeOf, refuse, sessionOf, text, visitOf } from "./answers";
import type { Case } from "./answers";
import type { Outcome, SessionState } from "./protocol";
import { bookedNow, choicesOf, inOrder, isAt, isDoorOpen, running } from "./targets";
import type { Found, Target } from "./targets";
import { full, ownTurn } from "./turns";

/** Say first that the booking is elsewhere, or later; walking in stays possible as a choice. */
export function refuseByBooking(one: Case, options: Found[]): Outcome | null {
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
export function refuseWalkIn(one: Case, chosen: Target | null): Outcome {
  const codes = chosen === null ? doorsOf(one) : [chosen.facility];
  if (codes.every((code) => isClosedAt(placeOf(one, code), one.at))) return closingNow(one, codes[0] ?? "");
  const now = running(one, chosen);
  return wrongProgram(one, chosen, now) ?? sessionOver(one) ?? notThese(one, now) ?? nothingNow(one);
}

/** Of one program at one facility only the next session, once its door is open, not the one still running. */
export const nextOfEach = (sessions: Found[]): Found[] => [...new Map(sessions.map((found) => [`${found[1].facility} ${found[1].program}`, found])).values()];

/** Staff closed the facility at once: nobody enters, whoever is inside may leave. */
export const closingNow = (one: Case, facility: string): Outcome => refuse(one, "closing-now", { label: labelOf(one, facility, null), facility });

/** Outside opening hours, with the next opening if it is near. */
export function closed(one: Case): Outcome {
  const places = doorsOf(one).map((code) => placeOf(one, code));
  const facility = doorsOf(one)[0] ?? "";
  if (places.every((place) => isClosedAt(place, one.at))) return closingNow(one, facility);
  const openings = places
    .flatMap((place) => (place === undefined || isClosedAt(place, one.at) ? [] : place.open))
    .map((span) => instant(span.opens_at))
    .filter((opens) => one.at < opens && opens <= one.at + NEAR_MS);
  return refuse(one, "closed", { label: places[0]?.name ?? "", facility, at: openings.length ? text(Math.min(...openings)) : null });
}

/** What was chosen cannot be entered, but another program, booked, is waiting at this very door. */
function wrongProgram(one: Case, chosen: Target | null, now: Found[]): Outcome | null {
  const target = bookedNow(one, null);
  const booked = sessionOf(one, target?.session);
  if (chosen === null || !now.length || target?.session == null || booked === undefined) return null;
  const visit = visitOf(one);
  if (isClosedAt(placeOf(one, target.facility), one.at) || (visit !== null && isAt(target, visit))) return null;
  if (now.some(([, session]) => session.program === booked.program)) return null;
  return refuse(one, "wrong-program", { label: booked.label, ...target, choices: choicesOf([[target.session, booked]]) });
}

/** The last booking here ended lately. */
function sessionOver(one: Case): Outcome | null {
  const [over] = (personOf(one).bookings ?? [])
    .map((booking) => sessionOf(one, booking.session))
    .filter((session) => session !== undefined)
    .filter((session) => doorsOf(one).includes(session.facility) && instant(session.ends_at) <= one.at && one.at < instant(session.ends_at) + NEAR_MS)
    .sort((a, b) => instant(b.ends_at) - instant(a.ends_at));
  return over === undefined ? null : refuse(one, "session-over", { label: over.label, facility: over.facility });
}

/** Something is going on, but there is no walk-in seat, or it is for other people. */
function notThese(one: Case, now: Found[]): Outcome | null {
  const allowed = nextOfEach(now.filter(([, session]) => (personOf(one).programs ?? []).includes(session.program)));
  if (allowed.length) return sessionFull(one, allowed);
  const [first] = now;
  return first === undefined ? null : refuse(one, "not-eligible", { label: first[1].label, facility: first[1].facility });
}

/** No walk-in seat: the session this person waits for, or else the first that gives numbers, or the first. */
function sessionFull(one: Case, allowed: Found[]): Outcome {
  const rank = ([id, session]: Found): number =>
    2 * Number(!isWaiting(one, session, id)) + Number(!placeOf(one, session.facility)?.gives_turns);
  const [[id, session]] = [...allowed].sort((a, b) => rank(a) - rank(b)) as [Found];
  return full(one, "session-full", { facility: session.facility, session: id }, session.label);
}

const isWaiting = (one: Case, session: SessionState, id: string): boolean => ownTurn(one, session.facility)?.session === id;

/** Nothing is going on: outside opening hours, or between two sessions. */
function nothingNow(one: Case): Outcome {
  if (!doorsOf(one).some((code) => isOpen(placeOf(one, code), one.at))) return closed(one);
  return refuse(one, "nothing-now", { at: nextStart(one) });
}

/** When the next session here begins that this person may enter. */
function nextStart(one: Case): string | null {
  const starts = Object.values(one.state.sessions)
    .filter((session) => doorsOf(one).includes(session.facility) && (personOf(one).programs ?? []).includes(session.program))
    .map((session) => instant(session.starts_at))
    .filter((starts_at) => one.at < starts_at && starts_at <= one.at + NEAR_MS);
  return starts.length ? text(Math.min(...starts)) : null;
}
