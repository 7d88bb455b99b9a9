/** One case at the door and how its answer is put together; `booking/visits/rules_answers.py` in TypeScript. Pure. */
import type { Answer, Choice, Effect, FacilityState, GroupState, HeadsOf, OpenVisit, Outcome, PersonState, Reading, SessionState, State, Verdict } from "./protocol";

/** Bookings, sessions and openings further away than this are not spoken of at the door. */
export const NEAR_MS = 12 * 3600_000;

export const instant = (text: string): number => Date.parse(text);
export const text = (ms: number): string => new Date(ms).toISOString();

/** A reading on the facts of its moment, for one person or, without `key`, for a group or a stranger. */
export interface Case {
  reading: Reading;
  state: State;
  at: number;
  key: string | null;
}

export const doorsOf = (one: Case): string[] => one.reading.facilities;
export const findPerson = (one: Case): PersonState | undefined => (one.key === null ? undefined : one.state.people[one.key]);
export const personOf = (one: Case): PersonState => findPerson(one) ?? {};
export const visitOf = (one: Case): OpenVisit | null => findPerson(one)?.visit ?? null;
export const placeOf = (one: Case, facility: string): FacilityState | undefined => one.state.facilities[facility];

export function sessionOf(one: Case, id: string | null | undefined): SessionState | undefined {
  return id == null ? undefined : one.state.sessions[id];
}

/** The name of the session, or else of the facility. */
export function labelOf(one: Case, facility: string, session: string | null | undefined): string {
  return sessionOf(one, session)?.label ?? placeOf(one, facility)?.name ?? "";
}

/** Whether all facilities of this door show names. */
export const showsNames = (one: Case): boolean => doorsOf(one).every((code) => placeOf(one, code)?.shows_names !== false);

/** The name to be shown: none for heads, and none where one of the facilities of this door shows no names. */
export const nameOf = (one: Case): string => (showsNames(one) ? (personOf(one).name ?? "") : "");

/** Whom a count of heads stands for, also where the kiosk did not say; null for a person. */
export function headsOf(one: Case): HeadsOf | null {
  const { heads_of, heads, door_code } = one.reading.scan;
  if (one.key === null && door_code !== undefined) return "group";
  return one.key !== null ? null : (heads_of ?? ((heads ?? 1) > 1 ? "group" : "walk-in"));
}

/** The group visit whose code was shown, if it is one of this door. */
export function groupOf(one: Case): GroupState | undefined {
  const found = one.state.groups?.[one.reading.group ?? ""];
  return found !== undefined && doorsOf(one).includes(found.facility) ? found : undefined;
}

export const insideOf = (one: Case, facility: string): number => placeOf(one, facility)?.inside ?? 0;

/** An outcome that changes nothing. */
export function answer(one: Case, verdict: Answer, code: string, said: Partial<Verdict> = {}): Outcome {
  return { verdict: { nonce: one.reading.scan.nonce, verdict, code, flags: [], choices: [], ...said }, happened_at: text(one.at), effects: [] };
}

/** Say no, without a name. */
export const refuse = (one: Case, code: string, said: Partial<Verdict> = {}): Outcome => answer(one, "refused", code, said);

/** Let the person choose; what they choose comes as a scan of its own. */
export const ask = (one: Case, code: string, choices: Choice[]): Outcome => answer(one, "ask", code, { choices });

/** The end of a visit, never before its beginning. */
export function leaving(person: string, visit: OpenVisit, at: number, how: string): Effect {
  return { do: "leave", person, facility: visit.facility, session: visit.session ?? null, at: text(Math.max(at, instant(visit.entered_at))), how };
}

/** Whether staff had closed a facility at once by a moment; one that does not say since when is closed. */
export function isClosedAt(place: FacilityState | undefined, at: number): boolean {
  return place !== undefined && place.is_closed && (place.closed_at == null || instant(place.closed_at) <= at);
}

/** Whether a facility is within its opening hours and not closed at once. */
export function isOpen(place: FacilityState | undefined, at: number): boolean {
  return place !== undefined && !isClosedAt(place, at) && place.open.some((span) => instant(span.opens_at) <= at && at < instant(span.closes_at));
}

/** When a visit that begins at a moment ends by itself: the closing of the opening hours it falls in or precedes. */
export function closingAfter(place: FacilityState, at: number): string | null {
  const closings = place.open.filter((span) => at < instant(span.closes_at) && instant(span.opens_at) - at < NEAR_MS).map((span) => instant(span.closes_at));
  return closings.length ? text(Math.min(...closings)) : null;
}
