/** Ten rules of the door, each changed in one place: the cases must notice every one of them. */
import { readFileSync } from "node:fs";
import { transformWithOxc } from "vite";
import { describe, expect, it } from "vitest";
import type * as Rules from "../src/verdict";
import { caseHolds, cases } from "./cases";

/** The rules in the order in which they import each other. */
const MODULES = ["answers", "targets", "turns", "refusing", "entering", "heads", "verdict"] as const;
type Mutation = [what: string, where: (typeof MODULES)[number], old: string, now: string];
const MUTATIONS: Mutation[] = [
  ["a scan shown again after three minutes", "verdict", "const REPEAT_MS = 3 * 60_000;", "const REPEAT_MS = 2 * 60_000;"],
  ["a pass at the moment it expires", "verdict", "at >= instant(reading.valid_until)", "at > instant(reading.valid_until)"],
  ["a clock that is wrong", "verdict", "CLOCK_TOLERANCE_MS = 120_000", "CLOCK_TOLERANCE_MS = 12_000_000"],
  ["the last place in the building", "entering", "return heads <= roomFor", "return heads - 1 <= roomFor"],
  ["the moment somebody is late", "entering", "one.at >= instant(lateAt)", "one.at > instant(lateAt)"],
  ["who closed at once", "entering", "if (isClosedAt(place, one.at)) return", "if (!place.name) return"],
  ["the moment a door opens", "targets", "instant(session.door_opens_at) <= at &&", "instant(session.door_opens_at) < at &&"],
  ["free web seats that roll over", "turns", "(session.walk_in ?? 0) + rolled -", "(session.walk_in ?? 0) -"],
  ["who stands before whom", "turns", "    keepFor(one, room, turn);\n", ""],
  ["which heads go out", "heads", "visit.of === of && ", ""],
];

/** The rules with one text replaced, as modules of their own. */
async function mutated([, where, old, now]: Mutation): Promise<typeof Rules> {
  const made: Record<string, string> = {};
  for (const name of MODULES) {
    let source = readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8");
    if (name === where) {
      expect(source.split(old).length - 1, `how often "${old}" occurs`).toBe(1);
      source = source.replace(old, now);
    }
    const { code } = await transformWithOxc(source, `${name}.ts`);
    const linked = code.replace(/from "\.\/(\w+)"/g, (_, other: string) => `from "${made[other]}"`);
    made[name] = `data:text/javascript;base64,${Buffer.from(linked).toString("base64")}`;
  }
  return (await import(/* @vite-ignore */ made.verdict ?? "")) as typeof Rules;
}

function broken(rules: typeof Rules): string[] {
  return cases.filter((one) => {
    try {
      caseHolds(one, rules);
      return false;
    } catch {
      return true;
    }
  }).map((one) => one.name);
}

describe("a rule changed in one place", () => {
  it("holds every case when nothing was changed", async () => {
    expect(broken(await mutated(["nothing", "verdict", "const REPEAT_MS", "const REPEAT_MS"]))).toEqual([]);
  });
  it.each(MUTATIONS)("breaks a case: %s", async (...mutation) => {
    expect(broken(await mutated(mutation)).length).toBeGreaterThan(0);
  });
});
