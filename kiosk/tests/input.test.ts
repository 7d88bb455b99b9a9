import { describe, expect, it } from "vitest";
import { Held } from "../src/held";
import { Wedge } from "../src/wedge";

const CODE = "P1AMAAAAAAAAAA";

/** Presses keys one after another; gives the last thing heard. */
function type(wedge: Wedge, text: string, gap: number, start = 1000, keyOf = (c: string) => c, codeOf = (_: string) => "") {
  let at = start;
  for (const character of text) wedge.press(keyOf(character), codeOf(character), (at += gap));
  return wedge.press("Enter", "Enter", at + gap);
}

describe("a scanner that types", () => {
  it("is heard as one code", () => {
    expect(type(new Wedge(), CODE, 8)).toEqual({ text: CODE });
  });

  it("is told apart from fingers", () => {
    expect(type(new Wedge(), CODE, 90)).toBe("leave");
    expect(type(new Wedge(), "abc", 8)).toBe("leave");
  });

  it("keeps its keys from the page once it is surely a scanner, Shift or not", () => {
    const wedge = new Wedge();
    const heard = ["P", "1", "Shift", "A", "M", "A"].map((key, index) => wedge.press(key, "", 1000 + index * 5));
    expect(heard).toEqual(["leave", "leave", "leave", "leave", "swallow", "swallow"]);
  });

  it("begins anew after a pause, and when Enter comes late", () => {
    const wedge = new Wedge();
    wedge.press("x", "", 0);
    expect(type(wedge, CODE, 8)).toEqual({ text: CODE });
    for (const [index, key] of Array.from(CODE).entries()) wedge.press(key, "", 5000 + index * 8);
    expect(wedge.press("Enter", "Enter", 6000)).toBe("leave");
  });

  it("is understood through a Japanese input method", () => {
    const codeOf = (c: string): string => (/\d/.test(c) ? `Digit${c}` : `Key${c}`);
    expect(type(new Wedge(), CODE, 8, 0, () => "Process", codeOf)).toEqual({ text: CODE });
    expect(new Wedge().press("Process", "Space", 0)).toBe("leave");
  });
});

describe("a code held in view", () => {
  it("is one scan until it was gone for a while", () => {
    const held = new Held();
    expect([0, 100, 2000, 4400, 7000].map((at) => held.isNew("A", at))).toEqual([true, false, false, false, true]);
  });

  it("does not hide another one beside it", () => {
    const held = new Held();
    expect([held.isNew("A", 0), held.isNew("B", 10), held.isNew("A", 20), held.isNew("B", 30)]).toEqual([true, true, false, false]);
  });
});
