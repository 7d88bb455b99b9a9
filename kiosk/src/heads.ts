/** People counted by head: groups, people without a card, guardians, visitors; `booking/visits/rules_heads.py` in TypeScript. Pure. */
import { answer, doorsOf, groupOf, headsOf, instant, isClosedAt, placeOf, refuse, showsNames, text } from "./answers";
import type { Case } from "./answers";
import { admit } from "./entering";
import type { Effect, FacilityState, GroupState, HeadsInside, Outcome } from "./protocol";
import { closingNow } from "./refusing";

/** Let a number of people in, or out again. */
export function countHeads(one: Case): Outcome {
  const { facility, heads, direction, door_code } = one.reading.scan;
  if (door_code !== undefined) return answerGroup(one);
  if (facility === undefined || !doorsOf(one).includes(facility) || heads === undefined) return refuse(one, "see-desk");
  return direction === "out" ? leaveByHeads(one, facility, heads) : admit(one, { facility, session: null }, "welcome-heads", "heads");
}

/** A group with its code of the day: how many came, in with them, or out with all of them. */
function answerGroup(one: Case): Outcome {
  const { direction, heads } = one.reading.scan;
  const group = groupOf(one);
  const place = group === undefined ? undefined : placeOf(one, group.facility);
  if (one.reading.problem != null || group === undefined || place === undefined) return refuse(one, one.reading.problem ?? "group-unknown");
  if (direction === "out") return leaveAsGroup(one, place, group);
  if (heads !== undefined) {
    const outcome = admit(one, { facility: group.facility, session: null }, "welcome-heads", "heads");
    const entered = outcome.effects.at(-1);
    return ofGroup(one, outcome, entered === undefined ? group : countGroup(entered, group));
  }
  if (isClosedAt(place, one.at) && group.inside === 0) return closingNow(one, group.facility);
  return ofGroup(one, answer(one, "ask", "ask-heads", { label: place.name, facility: group.facility, inside: place.inside }), group);
}

/** All of a group leave, each visit of it whole. */
function leaveAsGroup(one: Case, place: FacilityState, group: GroupState): Outcome {
  const everybody: HeadsInside[] = group.inside === 0 ? [] : [{ id: "", of: "group", heads: group.inside, entered_at: text(one.at) }];
  const going = place.heads_inside == null ? everybody : place.heads_inside.filter((visit) => visit.group === one.reading.group && instant(visit.entered_at) <= one.at);
  if (going.length === 0) return refuse(one, "heads-unknown", { label: place.name, facility: group.facility, inside: place.inside });
  const heads = going.reduce((total, visit) => total + visit.heads, 0);
  return ofGroup(one, sayGoodbye(one, place, group.facility, going), { ...group, inside: Math.max(group.inside - heads, 0) });
}

/** An answer with the numbers of its group; a refusal carries no name. */
function ofGroup(one: Case, outcome: Outcome, { name, expected, came, inside }: GroupState): Outcome {
  const isNamed = showsNames(one) && outcome.verdict.verdict !== "refused";
  return { ...outcome, verdict: { ...outcome.verdict, name: isNamed ? name : "", group: { expected, came, inside } } };
}

/** A group visit after some of it came or all of it went. */
export function countGroup(effect: Effect, group: GroupState): GroupState {
  const heads = effect.heads ?? 1;
  if (effect.do === "leave") return { ...group, inside: Math.max(group.inside - heads, 0) };
  return { ...group, came: group.came + heads, inside: group.inside + heads };
}

/** A facility after heads came or went. */
export function count(effect: Effect, place: FacilityState): FacilityState {
  const inside = place.heads_inside;
  if (inside == null) return place;
  if (effect.do === "leave") return { ...place, heads_inside: inside.filter((visit) => visit.id !== effect.visit) };
  const came: HeadsInside = { id: effect.visit ?? "", of: effect.of ?? "walk-in", heads: effect.heads ?? 1, entered_at: effect.at, group: effect.group ?? null };
  return { ...place, heads_inside: [came, ...inside] };
}

/** Visits counted by head end whole; never more go out than came in. */
function leaveByHeads(one: Case, facility: string, heads: number): Outcome {
  const place = placeOf(one, facility);
  const going = place === undefined ? null : whoGoes(one, place, heads);
  if (place === undefined || going === null) return refuse(one, "heads-unknown", { label: place?.name ?? "", facility, inside: place?.inside ?? 0 });
  return sayGoodbye(one, place, facility, going);
}

/** Visits counted by head end. */
function sayGoodbye(one: Case, place: FacilityState, facility: string, going: HeadsInside[]): Outcome {
  const effects = going.map((visit): Effect => ({
    do: "leave", person: null, facility, at: text(one.at), how: "scan", heads: visit.heads, of: visit.of, visit: visit.id || null, group: one.reading.group ?? visit.group ?? null,
  }));
  const left = effects.reduce((total, effect) => total + (effect.heads ?? 1), 0);
  const outcome = answer(one, "goodbye", "goodbye-heads", { label: place.name, facility, inside: Math.max(place.inside - left, 0) });
  return { ...outcome, effects };
}

/** Which visits end. Where those inside cannot be known, as many as are inside may go. */
function whoGoes(one: Case, place: FacilityState, heads: number): HeadsInside[] | null {
  const of = headsOf(one) ?? "walk-in";
  if (place.heads_inside == null) return heads <= place.inside ? [{ id: "", of, heads, entered_at: text(one.at) }] : null;
  return addingUp(place.heads_inside.filter((visit) => visit.of === of && instant(visit.entered_at) <= one.at), heads);
}

/** The newest visits that are this many heads together, each whole; null when no visits are. */
function addingUp(visits: HeadsInside[], heads: number): HeadsInside[] | null {
  const reachable = [new Set([0])];
  for (const visit of [...visits].reverse()) {
    const before = reachable.at(-1) ?? new Set();
    reachable.push(new Set([...before, ...[...before].filter((total) => total < heads).map((total) => total + visit.heads)]));
  }
  if (!reachable.pop()?.has(heads)) return null;
  const going: HeadsInside[] = [];
  let left = heads;
  for (const visit of visits) {
    if (!reachable.pop()?.has(left - visit.heads)) continue;
    going.push(visit);
    left -= visit.heads;
  }
  return going;
}
