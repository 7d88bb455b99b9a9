/** What this kiosk knows now, in the shape the rules take: the day list, the last live figures, and its own scans since. Pure. */
import { instant } from "./answers";
import type { Credential } from "./credential";
import { dayAt } from "./days";
import type { DayList, FacilityState, GroupState, HeartbeatAnswer, ListedFacility, PersonState, Reading, SessionState, State } from "./protocol";
import type { Entry } from "./store";
import { takeEffect } from "./verdict";

/** The facts at a moment. Entries are in the order of their number. */
export function stateOf(list: DayList, live: HeartbeatAnswer | null, entries: Entry[], now: number): State {
  const state: State = {
    facilities: Object.fromEntries(list.facilities.map((one) => [one.code, facilityOf(one, live, now, list.configuration.shows_names !== false)])),
    sessions: Object.fromEntries(list.sessions.map(({ id, names, ...session }) => [id, { ...session, label: names.ja ?? "", walked_in: walkedIn(live, id) } satisfies SessionState])),
    people: peopleOf(list, live, now),
    groups: groupsOf(list, live, now),
    answered: {},
  };
  const known = live?.last_seq ?? 0;
  const closed = lastClosings(list, now);
  for (const entry of entries) replay(sinceClosing(entry, closed), state, entry.seq > known);
  return state;
}

/** When each facility closed last. */
function lastClosings(list: DayList, now: number): Map<string, number> {
  return new Map(list.facilities.map((one) => {
    const closings = one.days.flatMap((day) => day.open).map((span) => instant(span.closes_at)).filter((closing) => closing <= now);
    return [one.code, Math.max(-Infinity, ...closings)];
  }));
}

/** Whoever was inside at closing left then: what was before the last closing of a facility changes nothing there. */
function sinceClosing(entry: Entry, closed: Map<string, number>): Entry {
  const effects = entry.outcome.effects.filter((effect) => instant(effect.at) >= (closed.get(effect.facility) ?? -Infinity));
  return { ...entry, outcome: { ...entry.outcome, effects } };
}

const walkedIn = (live: HeartbeatAnswer | null, id: string): number => live?.sessions.find((one) => one.id === id)?.walked_in ?? 0;

/** Figures from before the last closing say nothing about now: everybody left at closing. */
function hasClosedSince(listed: ListedFacility | undefined, live: HeartbeatAnswer | null, now: number): boolean {
  const taken = live === null ? 0 : instant(live.server_time);
  return (listed?.days ?? []).flatMap((day) => day.open).some((span) => taken < instant(span.closes_at) && instant(span.closes_at) <= now);
}

/** The group visits of today, with what was counted of them today. */
function groupsOf(list: DayList, live: HeartbeatAnswer | null, now: number): Record<string, GroupState> {
  const { timezone } = list.configuration;
  const today = dayAt(now, timezone);
  const counted = live !== null && dayAt(instant(live.server_time), timezone) === today ? (live.groups ?? []) : [];
  return Object.fromEntries((list.groups ?? []).filter((one) => one.on === today).map(({ id, facility, name, expected }) => {
    const { came = 0, inside = 0 } = counted.find((one) => one.id === id) ?? {};
    const isOver = hasClosedSince(list.facilities.find((one) => one.code === facility), live, now);
    return [id, { facility, name, expected, came, inside: isOver ? 0 : inside }];
  }));
}

function facilityOf(listed: ListedFacility, live: HeartbeatAnswer | null, now: number, showsNames: boolean): FacilityState {
  const open = listed.days.flatMap((day) => day.open);
  const found = live?.facilities.find((one) => one.code === listed.code);
  return {
    name: listed.names.ja ?? listed.code,
    capacity: listed.capacity,
    inside: hasClosedSince(listed, live, now) ? 0 : (found?.inside ?? 0),
    is_closed: found?.is_closed ?? false,
    closed_at: found?.closed_at ?? null,
    open,
    shows_names: showsNames,
  };
}

function peopleOf(list: DayList, live: HeartbeatAnswer | null, now: number): Record<string, PersonState> {
  const people: Record<string, PersonState> = {};
  for (const { member_key, shown_name, number, programs, bookings, family, is_held } of list.members) {
    people[member_key] = { name: shown_name, number_end: number.slice(-3), programs, bookings, family, is_held };
  }
  for (const { member_key, ...visit } of live?.inside ?? []) {
    const person = people[member_key];
    if (person !== undefined && (visit.until == null || instant(visit.until) > now)) people[member_key] = { ...person, visit };
  }
  return people;
}

/** Put one of the kiosk's own scans on top. What the service already counted still tells who was answered last. */
function replay(entry: Entry, state: State, isNews: boolean): void {
  admitStranger(state, entry.person);
  const reading: Reading = { scan: { ...entry.scan }, facilities: entry.facilities, holder: entry.person, subject: entry.person };
  if (isNews) {
    takeEffect(reading, entry.outcome, state);
    return;
  }
  const before = entry.person === null ? undefined : state.people[entry.person];
  if (entry.person !== null && before !== undefined) {
    const aside = { facilities: { ...state.facilities }, sessions: { ...state.sessions }, people: { [entry.person]: before }, answered: {} };
    takeEffect(reading, entry.outcome, aside);
    const { last = null, turned_at = null } = aside.people[entry.person] ?? before;
    state.people[entry.person] = { ...before, last, turned_at };
  }
  state.answered[entry.scan.nonce] = entry.outcome.verdict;
}

/** A pass that is not on the list has a person of its own. */
export function admitStranger(state: State, key: string | null): void {
  if (key?.startsWith("pass:") && state.people[key] === undefined) state.people[key] = { name: "", is_listed: false };
}

/** Whose credential this is, as far as the list knows. */
export function lookUp(credential: Credential, list: DayList): Omit<Reading, "scan"> {
  const facilities = list.configuration.facilities.filter((code) => list.facilities.some((one) => one.code === code));
  if (credential.kind === "number") {
    const member = list.members.find((one) => one.number === credential.number);
    return member === undefined ? { facilities, problem: "number-unknown" } : { facilities, holder: member.member_key };
  }
  if (credential.kind === "group") return { facilities, group: credential.group, problem: credential.problem };
  const { claims, problem } = credential.read;
  const listed = claims === null ? undefined : list.members.find((one) => one.pass_ids.includes(claims.pass_id));
  const holder = listed?.member_key ?? (claims !== null && problem === null ? `pass:${claims.pass_id}` : null);
  return {
    facilities,
    holder,
    problem,
    valid_from: claims?.valid_from ?? null,
    valid_until: claims?.valid_until ?? null,
    is_revoked: claims !== null && list.revoked_passes.includes(claims.pass_id),
  };
}
