/** The rules of the door; `booking/visits/rules.py` in TypeScript, held to the same `tests/vectors/verdict.json`. Pure. */
import { answer, ask, doorsOf, findPerson, instant, insideOf, labelOf, leaving, nameOf, personOf, refuse, sessionOf, showsNames, text, visitOf } from "./answers";
import type { Case } from "./answers";
import { enter } from "./entering";
import { count, countGroup, countHeads } from "./heads";
import type { Choice, Effect, FacilityState, LastAnswer, OpenVisit, Outcome, PersonState, Reading, State, Verdict } from "./protocol";
import { bookedNow, chosenAt, isAt } from "./targets";
import { turnNow, wait } from "./turns";

const REPEAT_MS = 3 * 60_000;
const TURNING_TWICE_MS = 10 * 60_000;
export const CLOCK_TOLERANCE_MS = 120_000;

/** Answer one reading and say how the facts are afterwards. Neither argument changes. */
export function verdict(reading: Reading, state: State): [Outcome, State] {
  const [outcomes, after] = fold([reading], state);
  return [outcomes[0] as Outcome, after];
}

/** Answer readings in order, each on the facts that the ones before it left. Neither argument changes. */
export function fold(readings: Reading[], state: State): [Outcome[], State] {
  const working = copy(state);
  const outcomes = readings.map((reading) => {
    const outcome = decide(reading, working);
    if (working.answered[reading.scan.nonce] === undefined) takeEffect(reading, outcome, working);
    return outcome;
  });
  return [outcomes, working];
}

/** A state whose tables may be written to. */
export function copy(state: State): State {
  return { facilities: { ...state.facilities }, sessions: { ...state.sessions }, people: { ...state.people }, answered: { ...state.answered }, groups: { ...state.groups } };
}

/** Answer one reading; the state stays as it is. */
export function decide(reading: Reading, state: State): Outcome {
  const offset = reading.scan.clock_offset_ms ?? 0;
  const at = happenedAt(reading);
  const known = state.answered[reading.scan.nonce];
  if (known !== undefined) return { verdict: known, happened_at: text(at), effects: [] };
  const one: Case = { reading, state, at, key: personKeyOf(reading) };
  const outcome = answerByRules(one);
  const flags = [...(outcome.verdict.flags ?? [])];
  if (Math.abs(offset) > CLOCK_TOLERANCE_MS) flags.push("clock-wrong");
  if (isTurning(one, outcome) && turnedLately(one)) flags.push("pass-shared");
  return { ...outcome, verdict: { ...outcome.verdict, flags } };
}

/** When the scan happened by the service's clock. */
export const happenedAt = (reading: Reading): number => instant(reading.scan.scanned_at) + (reading.scan.clock_offset_ms ?? 0);

/** The key of the person a reading is for: the chosen family member, or else the holder. */
export function personKeyOf(reading: Reading): string | null {
  return (reading.scan.member_key !== undefined ? reading.subject : reading.holder) ?? null;
}

function answerByRules(one: Case): Outcome {
  const { reading, state } = one;
  if (reading.scan.kind === "heads") return countHeads(one);
  const problem = credentialProblem(one);
  if (problem !== null) return refuse(one, problem);
  const holder = reading.holder == null ? undefined : state.people[reading.holder];
  if (holder === undefined || one.key === null || state.people[one.key] === undefined) return refuse(one, "see-desk");
  if (one.key !== reading.holder && !(holder.family ?? []).includes(one.key)) return refuse(one, "see-desk");
  if (reading.scan.member_key === undefined && holder.family?.length) return askWho(one, holder);
  return afterClosing(one, one.key);
}

/** End a visit whose closing has passed, then answer. */
function afterClosing(one: Case, key: string): Outcome {
  const visit = visitOf(one);
  if (visit?.until == null || one.at < instant(visit.until)) return answerFor(one);
  const closing = leaving(key, visit, instant(visit.until), "closing");
  const state = copy(one.state);
  move(closing, state);
  const outcome = answerFor({ ...one, state });
  return { ...outcome, effects: [closing, ...outcome.effects] };
}

/** The answer for one known person: the same again, out, or in. */
function answerFor(one: Case): Outcome {
  const last = personOf(one).last ?? null;
  const visit = visitOf(one);
  const direction = one.reading.scan.direction ?? "auto";
  if (last !== null && isRepeat(one, last)) return sayAgain(one, last);
  if (visit === null) return direction === "out" ? notInside(one) : enter(one, chosenAt(one));
  if (direction === "out") return goodbye(one, visit);
  const chosen = chosenAt(one) ?? turnNow(one, null);
  const target = (direction === "in" ? bookedNow(one, chosen) : null) ?? chosen;
  if (!doorsOf(one).includes(visit.facility) || (target !== null && !isAt(target, visit))) return enter(one, chosen);
  return direction === "auto" ? goodbye(one, visit) : alreadyInside(one, visit);
}

/** Why a credential is not accepted now, or null. */
function credentialProblem(one: Case): string | null {
  const { reading, at } = one;
  if (reading.problem != null) return reading.problem;
  if (reading.is_revoked) return "pass-revoked";
  if (reading.valid_until != null && at >= instant(reading.valid_until)) return "pass-expired";
  if (reading.valid_from != null && at < instant(reading.valid_from)) return "pass-not-yet-valid";
  return null;
}

/** Ask a holder with family who comes in; the holder is a choice when there is something to enter. */
function askWho(one: Case, holder: PersonState): Outcome {
  const keys = (holder.family ?? []).filter((key) => one.state.people[key] !== undefined);
  if (one.key !== null && (holder.programs?.length || holder.bookings?.length)) keys.unshift(one.key);
  const choices = keys.map((key): Choice => {
    const person = one.state.people[key] ?? {};
    const visit = person.visit ?? null;
    return { id: `member:${key}`, label: calledOnButton(one, person), is_inside: visit !== null && doorsOf(one).includes(visit.facility) };
  });
  return ask(one, "ask-who", choices);
}

/** What a family member is called on a button: where no name is shown, the end of their number. */
function calledOnButton(one: Case, person: PersonState): string {
  const name = showsNames(one) ? person.name : "";
  return name || (person.number_end ? `…${person.number_end}` : "");
}

/** Whether this scan only shows again what was just answered at this door. Who chooses elsewhere corrects it. */
function isRepeat(one: Case, last: LastAnswer): boolean {
  if (Math.abs(one.at - instant(last.at)) >= REPEAT_MS || !doorsOf(one).includes(last.facility)) return false;
  const chosen = chosenAt(one);
  if (last.verdict === "welcome" && chosen !== null && (chosen.facility !== last.facility || chosen.session !== (last.session ?? null))) return false;
  const direction = one.reading.scan.direction ?? "auto";
  return direction === "auto" || last.verdict === (direction === "in" ? "welcome" : "goodbye");
}

function sayAgain(one: Case, last: LastAnswer): Outcome {
  return answer(one, last.verdict, last.code, {
    name: nameOf(one),
    label: labelOf(one, last.facility, last.session),
    facility: last.facility,
    session: last.session ?? null,
    minutes: last.minutes ?? null,
    inside: insideOf(one, last.facility),
  });
}

/** Said as a welcome: the person stands in front of a door that only lets in. */
function alreadyInside(one: Case, visit: OpenVisit): Outcome {
  return answer(one, "welcome", "already-inside", {
    name: nameOf(one),
    label: labelOf(one, visit.facility, visit.session),
    facility: visit.facility,
    session: visit.session ?? null,
    inside: insideOf(one, visit.facility),
    flags: ["already-inside"],
  });
}

/** Leaving is never refused. The goodbye names the next booking. */
function goodbye(one: Case, visit: OpenVisit): Outcome {
  const effect = leaving(one.key ?? "", visit, one.at, "scan");
  const coming = (personOf(one).bookings ?? [])
    .filter((booking) => booking.state === "confirmed")
    .map((booking) => sessionOf(one, booking.session)?.starts_at)
    .filter((starts_at) => starts_at !== undefined)
    .map(instant)
    .filter((starts_at) => starts_at > one.at);
  const outcome = answer(one, "goodbye", "goodbye", {
    name: nameOf(one),
    label: labelOf(one, visit.facility, visit.session),
    facility: visit.facility,
    session: visit.session ?? null,
    minutes: Math.floor((instant(effect.at) - instant(visit.entered_at)) / 60_000),
    at: coming.length ? text(Math.min(...coming)) : null,
    inside: Math.max(insideOf(one, visit.facility) - 1, 0),
  });
  return { ...outcome, effects: [effect] };
}

/** Someone leaves of whom no entry is known. */
function notInside(one: Case): Outcome {
  return answer(one, "goodbye", "not-inside", { name: nameOf(one), facility: doorsOf(one)[0] ?? null, flags: ["not-inside"] });
}

/** Whether this person goes the other way than last time. */
function isTurning(one: Case, outcome: Outcome): boolean {
  const last = findPerson(one)?.last;
  return outcome.effects.some((effect) => effect.do !== "queue" && effect.how !== "closing") && last != null && last.verdict !== outcome.verdict.verdict;
}

function turnedLately(one: Case): boolean {
  const turned = personOf(one).turned_at;
  return turned != null && Math.abs(one.at - instant(turned)) <= TURNING_TWICE_MS;
}

/** Write into a working copy what one outcome changes. */
export function takeEffect(reading: Reading, outcome: Outcome, working: State): void {
  const said = outcome.verdict;
  working.answered[reading.scan.nonce] = said;
  const one: Case = { reading, state: working, at: instant(outcome.happened_at), key: personKeyOf(reading) };
  const turning = isTurning(one, outcome);
  for (const effect of outcome.effects) move(effect, working);
  remember(one, outcome, turning);
}

/** Keep the last welcome or goodbye of a person; the three minutes run from the first of equal ones. */
function remember(one: Case, outcome: Outcome, turning: boolean): void {
  const said = outcome.verdict;
  const person = findPerson(one);
  if (person === undefined || one.key === null || said.facility == null || !isArrivalOrLeave(said)) return;
  if (!outcome.effects.length && person.last != null && isRepeat(one, person.last)) return;
  const last: LastAnswer = {
    at: outcome.happened_at, verdict: said.verdict, code: said.code, facility: said.facility, session: said.session ?? null, minutes: said.minutes ?? null,
  };
  one.state.people[one.key] = { ...person, last, turned_at: turning ? outcome.happened_at : (person.turned_at ?? null) };
}

const isArrivalOrLeave = (said: Verdict): boolean => said.verdict === "welcome" || said.verdict === "goodbye";

/** Write what one effect changes into a working copy. */
function move(effect: Effect, working: State): void {
  const place = working.facilities[effect.facility];
  if (place !== undefined) working.facilities[effect.facility] = changed(effect, place);
  const group = effect.group == null ? undefined : working.groups?.[effect.group];
  if (group !== undefined && effect.group != null) working.groups = { ...working.groups, [effect.group]: countGroup(effect, group) };
  const session = effect.how === "walk-in" && effect.session != null ? working.sessions[effect.session] : undefined;
  if (session !== undefined && effect.session != null) working.sessions[effect.session] = { ...session, walked_in: (session.walked_in ?? 0) + 1 };
  const person = effect.person === null ? undefined : working.people[effect.person];
  if (person === undefined || effect.person === null || effect.do === "queue") return;
  if (effect.do === "leave") {
    working.people[effect.person] = { ...person, visit: null };
    return;
  }
  const visit: OpenVisit = { facility: effect.facility, entered_at: effect.at, session: effect.session ?? null, until: effect.until ?? null };
  const others = (person.bookings ?? []).filter((booking) => booking.session !== effect.session);
  const bookings = effect.session == null ? (person.bookings ?? []) : [...others, { session: effect.session, state: "arrived" as const }];
  working.people[effect.person] = { ...person, visit, bookings };
}

/** A facility after one effect. Who came in waits no longer. */
function changed(effect: Effect, place: FacilityState): FacilityState {
  if (effect.do === "queue") return wait(effect, place);
  const step = (effect.heads ?? 1) * (effect.do === "enter" ? 1 : -1);
  const moved = { ...place, inside: Math.max(place.inside + step, 0) };
  if (effect.person === null) return count(effect, moved);
  return effect.do === "leave" || moved.turns === undefined ? moved : { ...moved, turns: moved.turns.filter((turn) => turn.person !== effect.person) };
}
