/** Numbered turns (整理券) at a full door; `booking/visits/rules_turns.py` in TypeScript. Pure. A kiosk alone gives none: it cannot know the numbers. */
import { closingAfter, doorsOf, instant, labelOf, placeOf, refuse, sessionOf, text, visitOf } from "./answers";
import type { Case } from "./answers";
import type { Effect, FacilityState, Outcome, SessionState, TurnInLine } from "./protocol";
import { bookedNow, fits, running } from "./targets";
import type { Target } from "./targets";

/** What is left of a facility at one point of its line. */
interface Room {
  places: number;
  reserved: Map<string, number>;
}

/** Seats somebody without a booking may take; free web seats count from the moment they roll over. */
export function seatsToWalkIn(session: SessionState, at: number): number {
  const rolled = session.roll_over_at != null && at >= instant(session.roll_over_at) ? (session.web_left ?? 0) : 0;
  return (session.walk_in ?? 0) + rolled - (session.walked_in ?? 0);
}

/** What is left for the person of a case: all that those before them do not wait for. They stand at their own turn, or at the end of the line. */
export function roomFor(one: Case, facility: string): Room {
  const place = placeOf(one, facility);
  const room: Room = { places: (place?.capacity ?? 0) - (place?.inside ?? 0), reserved: new Map() };
  for (const turn of live(one, place)) {
    if (turn.person === one.key) break;
    keepFor(one, room, turn);
  }
  return room;
}

/** Walk-in seats left; without a session no seat is needed. */
export function seatsIn(one: Case, room: Room, id: string | null | undefined): number {
  if (id == null) return 1;
  const session = sessionOf(one, id);
  return (session === undefined ? 0 : seatsToWalkIn(session, one.at)) - (room.reserved.get(id) ?? 0);
}

/** Keep what a turn waits for; who has no seat to come to takes no place in the building. */
function keepFor(one: Case, room: Room, turn: TurnInLine): void {
  if (seatsIn(one, room, turn.session) > 0) room.places -= 1;
  if (turn.session != null) room.reserved.set(turn.session, (room.reserved.get(turn.session) ?? 0) + 1);
}

/** The turn this person holds here: one at a time. */
export function ownTurn(one: Case, facility: string): TurnInLine | undefined {
  return live(one, placeOf(one, facility)).find((turn) => turn.person === one.key);
}

/** Where somebody whose turn has come may go: to the session they waited for, or to what they have booked. */
export function turnNow(one: Case, chosen: Target | null): Target | null {
  for (const facility of doorsOf(one)) {
    const turn = ownTurn(one, facility);
    const target = turn === undefined ? null : targetOf(one, facility, turn, chosen);
    if (turn !== undefined && target !== null && hasCome(one, facility, turn)) return target;
  }
  return null;
}

function targetOf(one: Case, facility: string, turn: TurnInLine, chosen: Target | null): Target | null {
  if (turn.session == null) {
    const booked = bookedNow(one, chosen ?? { facility, session: null });
    return booked?.facility === facility ? booked : null;
  }
  const waited: Target = { facility, session: turn.session };
  const [session] = running(one, waited);
  return session !== undefined && fits(session[1], turn.session, chosen) ? waited : null;
}

function hasCome(one: Case, facility: string, turn: TurnInLine): boolean {
  const room = roomFor(one, facility);
  const hasRoom = room.places > 0 || visitOf(one)?.facility === facility;
  return hasRoom && seatsIn(one, room, turn.session) > 0;
}

/** Say that it is full: with a number where the facility gives them, and with the same number when asked again. */
export function full(one: Case, code: string, target: Target, label: string): Outcome {
  const { facility, session } = target;
  const place = placeOf(one, facility);
  if (place === undefined || !gives(one, place)) return refuse(one, code, { label, facility, inside: place?.inside ?? 0 });
  const own = ownTurn(one, facility);
  const before = (waitsFor: string | null, number: number): number =>
    live(one, place).filter((turn) => (turn.session ?? null) === waitsFor && turn.number < number).length;
  if (own !== undefined) {
    const waitsFor = own.session ?? null;
    return refuse(one, "turn-waiting", { label: labelOf(one, facility, waitsFor), facility, session: waitsFor, turn: own.number, ahead: before(waitsFor, own.number) });
  }
  const turn = (place.last_turn ?? 0) + 1;
  const outcome = refuse(one, "turn-given", { label, facility, session, turn, ahead: before(session, turn) });
  const ends = [closingAfter(place, one.at), sessionOf(one, session)?.ends_at].filter((end) => end != null).map(instant);
  const until = ends.length ? text(Math.min(...ends)) : null;
  const effect: Effect = { do: "queue", person: one.key, facility, session, at: text(one.at), how: "turn", until, turn };
  return { ...outcome, effects: [effect] };
}

/** A facility after a turn was given. */
export function wait(effect: Effect, place: FacilityState): FacilityState {
  const turn: TurnInLine = { number: effect.turn ?? 0, person: effect.person ?? "", session: effect.session ?? null, until: effect.until ?? null };
  return { ...place, turns: [...(place.turns ?? []), turn], last_turn: turn.number };
}

/** The turns that count at this moment. */
function live(one: Case, place: FacilityState | undefined): TurnInLine[] {
  if (place === undefined || !gives(one, place)) return [];
  return (place.turns ?? []).filter((turn) => turn.until == null || one.at < instant(turn.until));
}

/** Whether turns are given and called here, to somebody who was not told anything else. */
const gives = (one: Case, place: FacilityState): boolean => place.gives_turns === true && one.reading.scan.told === undefined;
