/** Coming in: by booking, walking in, when the turn has come, or unlisted with a good signature; `booking/visits/rules_entering.py` in TypeScript. Pure. */
import { answer, ask, closingAfter, doorsOf, headsOf, instant, isClosedAt, isOpen, labelOf, leaving, nameOf, personOf, placeOf, refuse, sessionOf, text, visitOf } from "./answers";
import type { Case } from "./answers";
import type { Effect, Outcome } from "./protocol";
import { closed, closingNow, nextOfEach, refuseByBooking, refuseWalkIn } from "./refusing";
import { bookedNow, choicesOf, running } from "./targets";
import type { Found, Target } from "./targets";
import { full, ownTurn, roomFor, seatsIn, turnNow } from "./turns";

/** Let one person in, ask where to, or say what is possible. */
export function enter(one: Case, chosen: Target | null): Outcome {
  const person = personOf(one);
  if (person.is_held) return refuse(one, "see-desk");
  if (person.is_listed === false) return enterUnlisted(one, chosen);
  const target = bookedNow(one, chosen);
  if (target === null) return walkIn(one, chosen);
  const isAgain = (person.bookings ?? []).some((booking) => booking.session === target.session && booking.state === "arrived");
  if (isAgain) return admit(one, target, "welcome-back", "again");
  const lateAt = sessionOf(one, target.session)?.late_at;
  return admit(one, target, lateAt != null && one.at >= instant(lateAt) ? "welcome-late" : "welcome", "booked");
}

/** Let in, unless the facility was closed at once or is full. A visit open elsewhere ends at this moment. */
export function admit(one: Case, target: Target, code: string, how: string): Outcome {
  const { facility, session } = target;
  const place = placeOf(one, facility);
  const visit = visitOf(one);
  if (place === undefined) return refuse(one, "see-desk");
  if (isClosedAt(place, one.at)) return closingNow(one, facility);
  const heads = how === "heads" ? (one.reading.scan.heads ?? 1) : 1;
  const inside = place.inside + heads - Number(visit !== null && visit.facility === facility);
  // Whoever walks in waits for a seat and a place, whoever has a seat for a place alone.
  const waitsFor: Target = { facility, session: how === "walk-in" ? session : null };
  if (!hasPlace(one, facility, heads)) {
    if (how === "heads" || how === "unlisted") return refuse(one, "building-full", { label: place.name, facility, inside: place.inside });
    return full(one, "building-full", waitsFor, place.name);
  }
  const until = closingAfter(place, one.at) ?? sessionOf(one, session)?.ends_at ?? null;
  const counted = one.key === null ? { of: headsOf(one), visit: one.reading.scan.nonce, group: one.reading.group ?? null } : {};
  const entering: Effect = { do: "enter", person: one.key, facility, session, at: text(one.at), how, until, heads, ...counted };
  const turn = ownTurn(one, facility);
  const outcome = answer(one, "welcome", turn !== undefined && (turn.session ?? null) === waitsFor.session ? "welcome-turn" : code, {
    name: nameOf(one),
    label: labelOf(one, facility, session),
    facility,
    session,
    inside,
    flags: how === "unlisted" ? ["unlisted"] : [],
  });
  const moving = visit === null || one.key === null ? [] : [leaving(one.key, visit, one.at, "move")];
  return { ...outcome, effects: [...moving, entering] };
}

/** Whether there is room in the building; who moves within it needs none. */
function hasPlace(one: Case, facility: string, heads: number): boolean {
  const place = placeOf(one, facility);
  if (visitOf(one)?.facility === facility) return (place?.inside ?? 0) <= (place?.capacity ?? 0);
  return heads <= roomFor(one, facility).places;
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

/** Without a booking now: whose turn has come, the sessions with a walk-in seat, or why there is none. */
function walkIn(one: Case, chosen: Target | null): Outcome {
  const waited = turnNow(one, chosen);
  if (waited !== null) return admit(one, waited, "welcome-turn", "walk-in");
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
  return nextOfEach(running(one, chosen).filter(([id, session]) => programs.includes(session.program) && seatsIn(one, roomFor(one, session.facility), id) > 0));
}
