/** People counted by head: groups, people without a card, guardians, visitors; `booking/visits/rules_heads.py` in TypeScript. Pure. */
import { answer, doorsOf, headsOf, instant, placeOf, refuse, text } from "./answers";
import type { Case } from "./answers";
import { admit } from "./entering";
import type { Effect, FacilityState, HeadsInside, Outcome } from "./protocol";

/** Let a number of people in, or out again. */
export function countHeads(one: Case): Outcome {
  const { facility, heads, direction } = one.reading.scan;
  if (facility === undefined || !doorsOf(one).includes(facility) || heads === undefined) return refuse(one, "see-desk");
  return direction === "out" ? leaveByHeads(one, facility, heads) : admit(one, { facility, session: null }, "welcome-heads", "heads");
}

/** A facility after heads came or went. */
export function count(effect: Effect, place: FacilityState): FacilityState {
  const inside = place.heads_inside;
  if (inside == null) return place;
  if (effect.do === "leave") return { ...place, heads_inside: inside.filter((visit) => visit.id !== effect.visit) };
  const came: HeadsInside = { id: effect.visit ?? "", of: effect.of ?? "walk-in", heads: effect.heads ?? 1, entered_at: effect.at };
  return { ...place, heads_inside: [came, ...inside] };
}

/** Visits counted by head end whole; never more go out than came in. */
function leaveByHeads(one: Case, facility: string, heads: number): Outcome {
  const place = placeOf(one, facility);
  const going = place === undefined ? null : whoGoes(one, place, heads);
  if (place === undefined || going === null) return refuse(one, "heads-unknown", { label: place?.name ?? "", facility, inside: place?.inside ?? 0 });
  const effects = going.map((visit): Effect => ({
    do: "leave", person: null, facility, at: text(one.at), how: "scan", heads: visit.heads, of: visit.of, visit: visit.id || null,
  }));
  const outcome = answer(one, "goodbye", "goodbye-heads", { label: place.name, facility, inside: Math.max(place.inside - heads, 0) });
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
