/** Where somebody wants to go, and what is going on at this door; `booking/visits/rules_targets.py` in TypeScript. Pure. */
import { doorsOf, instant, isClosedAt, personOf, placeOf, sessionOf } from "./answers";
import type { Case } from "./answers";
import type { Choice, OpenVisit, SessionState } from "./protocol";

/** Where somebody goes: a session, or a facility outside any session. */
export interface Target {
  facility: string;
  session: string | null;
}

export type Found = [id: string, session: SessionState];

/** Whether a visit is already there. */
export function isAt(target: Target, visit: OpenVisit): boolean {
  return target.facility === visit.facility && (target.session === null || target.session === (visit.session ?? null));
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

/** Sessions at this door that may be entered now, in the order of their start. */
export function running(one: Case, chosen: Target | null): Found[] {
  const found = Object.entries(one.state.sessions).filter(([id, session]) =>
    doorsOf(one).includes(session.facility) && isDoorOpen(session, one.at) && !isClosedAt(placeOf(one, session.facility), one.at) && fits(session, id, chosen));
  return inOrder(found);
}

/** Sessions as buttons. */
export function choicesOf(options: Found[]): Choice[] {
  return options.map(([id, session]) => ({ id: `session:${id}`, label: session.label, facility: session.facility, session: id }));
}

/** Whether a session is what was chosen; everything fits when nothing was. */
export function fits(session: SessionState, id: string, chosen: Target | null): boolean {
  if (chosen === null) return true;
  return chosen.session !== null ? chosen.session === id : chosen.facility === session.facility;
}

/** By start, and of one moment by id. */
export function inOrder(found: Found[]): Found[] {
  return [...found].sort((a, b) => instant(a[1].starts_at) - instant(b[1].starts_at) || order(a[0], b[0]));
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Whether a session may be entered at a moment. */
export const isDoorOpen = (session: SessionState, at: number): boolean => instant(session.door_opens_at) <= at && at < instant(session.ends_at);
