/** What most probably is meant when somebody is asked and touches nothing. Pure. */
import { instant } from "./answers";
import type { Choice, State, Verdict } from "./protocol";

/** Ids of the choices to take; empty when there is nothing to choose. */
export function likeliest(verdict: Verdict, facts: State | null, now: number): string[] {
  const choices = verdict.choices ?? [];
  if (verdict.code === "ask-who") return who(choices, facts, now);
  const best = [...choices].sort((a, b) => startOf(a, facts) - startOf(b, facts))[0];
  return best === undefined ? [] : [best.id];
}

/** Those who are booked now and outside; or else everybody who is inside goes home; or else the first. */
function who(choices: Choice[], facts: State | null, now: number): string[] {
  const booked = choices.filter((choice) => !choice.is_inside && isBooked(choice, facts, now));
  const inside = choices.filter((choice) => choice.is_inside);
  return (booked.length ? booked : inside.length ? inside : choices.slice(0, 1)).map((choice) => choice.id);
}

function isBooked(choice: Choice, facts: State | null, now: number): boolean {
  const person = facts?.people[choice.id.slice("member:".length)];
  return (person?.bookings ?? []).some((booking) => {
    const session = facts?.sessions[booking.session];
    return session !== undefined && instant(session.door_opens_at) <= now && now < instant(session.ends_at);
  });
}

/** A session that began goes before one to come, both before a place without sessions; equal ones stay in the order given. */
function startOf(choice: Choice, facts: State | null): number {
  const session = choice.session == null ? undefined : facts?.sessions[choice.session];
  return session === undefined ? Number.MAX_SAFE_INTEGER : instant(session.starts_at);
}
