/** The cases that hold the rules of the door to those of the service, and what it means to hold one. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Outcome, Reading, State } from "../src/protocol";
import type * as Rules from "../src/verdict";

export interface Case {
  name: string;
  only?: "service";
  patch?: unknown;
  readings: Reading[];
  expect: Record<string, unknown>[];
  then?: unknown;
}
const vectors = JSON.parse(readFileSync(new URL("../../tests/vectors/verdict.json", import.meta.url), "utf8")) as { state: State; cases: Case[] };
export const cases = vectors.cases.filter((one) => one.only !== "service");

type Table = Record<string, unknown>;
const isTable = (value: unknown): value is Table => typeof value === "object" && value !== null && !Array.isArray(value);

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isTable(patch)) return patch;
  const result: Table = isTable(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** Instants as numbers, so that spellings of one moment are equal; an absent field is null. */
function plain(value: unknown): unknown {
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return Date.parse(value);
  if (Array.isArray(value)) return value.map(plain);
  if (isTable(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value ?? null;
}

/** Everything expected is found; more may be found. */
function holds(expected: unknown, found: unknown, where: string): void {
  if (isTable(expected)) for (const [key, value] of Object.entries(expected)) holds(value, isTable(found) ? found[key] : undefined, `${where}.${key}`);
  else expect(plain(found), where).toEqual(plain(expected));
}

function outcomeHolds(expected: Table, outcome: Outcome): void {
  const { effects, choices, choice_inside, choice_labels, ...said } = expected as Table & { effects: Table[] };
  const given = outcome.verdict.choices ?? [];
  if (choices !== undefined) expect(given.map((choice) => choice.id)).toEqual(choices);
  if (choice_inside !== undefined) expect(given.map((choice) => choice.is_inside ?? false)).toEqual(choice_inside);
  if (choice_labels !== undefined) expect(given.map((choice) => choice.label)).toEqual(choice_labels);
  const full = { name: "", label: "", flags: [], ...outcome.verdict };
  holds(said, full, "verdict");
  expect(outcome.effects.map((effect) => [effect.do, effect.how])).toEqual(effects.map((effect) => [effect.do, effect.how]));
  effects.forEach((effect, index) => holds(effect, outcome.effects[index], "effect"));
}

/** Fold the readings of a case by some rules and compare. */
export function caseHolds(one: Case, rules: Pick<typeof Rules, "fold" | "verdict">): void {
  const state = merged(vectors.state, one.patch ?? {}) as State;
  const before = structuredClone(state);
  const [outcomes, after] = rules.fold(one.readings, state);
  expect(state, "the state before must not change").toEqual(before);
  expect(outcomes.length).toBe(one.expect.length);
  one.expect.forEach((expected, index) => outcomeHolds(expected, outcomes[index] as Outcome));
  holds(one.then ?? {}, after, "state");
  let step = state;
  const singly = one.readings.map((reading) => {
    const [outcome, next] = rules.verdict(reading, step);
    step = next;
    return outcome;
  });
  expect(singly).toEqual(outcomes);
}
