import { describe, expect, it } from "vitest";
import { pickCamera } from "../src/camera";
import { Held } from "../src/held";
import type { Seen } from "../src/held";
import { Wedge } from "../src/wedge";

const CODE = "P1AMAAAAAAAAAA";
const PASS = `P1${"A".repeat(143)}`;

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
    expect(type(wedge, CODE, 8, 1100)).toEqual({ text: CODE });
    for (const [index, key] of Array.from(CODE).entries()) wedge.press(key, "", 5000 + index * 8);
    expect(wedge.press("Enter", "Enter", 6200)).toBe("leave");
  });

  it.each([1, 3, 4, 60, 144, 145])("is heard whole when the device stood still before key %i of a pass", (stall) => {
    const wedge = new Wedge();
    const heard = Array.from(PASS + "\n").map((key, index) => wedge.press(key === "\n" ? "Enter" : key, "", 1000 + index * 3 + (index >= stall ? 700 : 0)));
    expect(heard.at(-1)).toEqual({ text: PASS });
    expect(heard.slice(Math.max(stall, 4) + 4, -1).every((one) => one === "swallow")).toBe(true);
    expect(type(wedge, "12345671", 3, 1000 + 145 * 3 + 705)).toEqual({ text: "12345671" });
  });

  it("knows whose key comes next", () => {
    const wedge = new Wedge();
    const midway = ["A", "B", "P", "1", "A", "A", "A"].map((key, index) => {
      const at = 1000 + (index < 2 ? index * 300 : 700 + index * 5);
      const is = wedge.isMidway(at);
      wedge.press(key, "", at);
      return is;
    });
    expect(midway).toEqual([false, false, false, true, true, true, true]);
    expect([wedge.isMidway(2600), wedge.isMidway(2800)]).toEqual([true, false]);
  });

  it("is told apart from what fingers typed just before it, and from fingers alone", () => {
    const wedge = new Wedge();
    for (const [index, key] of ["1", "2"].entries()) wedge.press(key, "", 1000 + index * 300);
    expect(type(wedge, PASS, 3, 1700)).toEqual({ text: PASS });
    for (const gap of [60, 150, 400]) expect(type(wedge, "12345671", gap, 10_000 * gap)).toBe("leave");
  });

  it("is understood through a Japanese input method", () => {
    const codeOf = (c: string): string => (/\d/.test(c) ? `Digit${c}` : `Key${c}`);
    expect(type(new Wedge(), CODE, 8, 0, () => "Process", codeOf)).toEqual({ text: CODE });
    expect(new Wedge().press("Process", "Space", 0)).toBe("leave");
  });
});

/** A number and a pass by their form alone, and codes that are not ours. */
const [YUI, REN, POSTER, MENU] = ["12345671", "00000000", "https://example.org/", "WIFI:T:WPA;;"];
const seen = (...texts: string[]): Seen[] => texts.map((text, index) => ({ text, off: index * 100 }));

describe("a code held in view", () => {
  it("is one scan until it was gone for a while", () => {
    const held = new Held();
    expect([0, 100, 2000, 4400, 7000].map((at) => held.choose(seen(YUI), at))).toEqual([YUI, null, null, null, YUI]);
  });

  it("lets the one nearest the middle go first, and the other once the answer was read", () => {
    const held = new Held();
    expect([0, 100, 1900, 2000, 2100, 4300].map((at) => held.choose(seen(YUI, REN), at))).toEqual([YUI, null, null, REN, null, null]);
    expect(new Held().choose([{ text: YUI, off: 300 }, { text: REN, off: 20 }], 0)).toBe(REN);
  });

  it("does not wait for an answer when the first one is gone", () => {
    const held = new Held();
    held.choose(seen(YUI), 0);
    expect(held.choose(seen(REN), 1000)).toBe(null);
    expect(held.choose([], 2600)).toBe(null);
    expect(held.choose(seen(REN), 2700)).toBe(REN);
  });

  it("is told once while it is not ours, and never beside one that is", () => {
    const held = new Held();
    expect([0, 100, 4000, 9000, 20_000, 41_000].map((at) => held.choose(seen(POSTER), at))).toEqual([POSTER, null, null, null, null, POSTER]);
    const card = new Held();
    expect([0, 100, 2500, 4900].map((at) => card.choose(seen(POSTER, YUI), at))).toEqual([YUI, null, null, null]);
  });

  it("does not shut the door on passes while a poster hangs in view", () => {
    const held = new Held();
    held.choose(seen(POSTER), 0);
    expect(held.choose(seen(POSTER, YUI), 2500)).toBe(YUI);
    expect(held.choose(seen(POSTER, MENU), 2600)).toBe(null);
  });
});

describe("which camera", () => {
  const cameras = [{ id: "a", label: "front" }, { id: "b", label: "usb" }, { id: "c", label: "" }];
  it("is the chosen one, also under a new identifier, or any", () => {
    expect(pickCamera(cameras, null)).toBe(null);
    expect(pickCamera(cameras, { id: "b", label: "usb" })?.id).toBe("b");
    expect(pickCamera(cameras, { id: "old", label: "usb" })?.id).toBe("b");
    expect(pickCamera(cameras, { id: "old", label: "" })).toBe(null);
  });
});
