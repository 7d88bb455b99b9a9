import { describe, expect, it } from "vitest";
import * as rules from "../src/verdict";
import { caseHolds, cases } from "./cases";

/** What a kiosk by itself can say. */
const CODES = [
  "welcome", "welcome-late", "welcome-turn", "welcome-walk-in", "welcome-back", "welcome-unlisted", "welcome-heads", "already-inside", "goodbye", "goodbye-heads",
  "not-inside", "ask-where", "ask-who", "ask-heads", "group-unknown", "group-not-today", "pass-malformed", "pass-forged", "pass-unknown-key", "pass-unknown", "pass-revoked", "pass-expired", "pass-not-yet-valid",
  "number-unknown", "card-not-lent", "see-desk", "closed", "closing-now", "building-full", "session-full", "turn-given", "turn-waiting", "heads-unknown", "not-eligible",
  "wrong-facility", "wrong-program", "too-early", "session-over", "nothing-now",
];
const FLAGS = ["already-inside", "clock-wrong", "not-inside", "pass-shared", "unlisted"];

describe("the rules of the door", () => {
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => caseHolds(one, rules));

  it("are held by at least 150 cases, every code and flag among them", () => {
    const said = cases.flatMap((one) => one.expect);
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect([...new Set(said.map((one) => one.code))].sort()).toEqual([...CODES].sort());
    expect([...new Set(said.flatMap((one) => one.flags))].sort()).toEqual(FLAGS);
  });
});
