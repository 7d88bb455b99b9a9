import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Verdict } from "../src/protocol";
import { LANGUAGE_NAMES, has, nameIn, pieces, plain, say, span, time, wordsOf } from "../src/words";

const TOKYO = "Asia/Tokyo";
const said = (code: string, more: Partial<Verdict> = {}): Verdict => ({ nonce: "n", verdict: "refused", code, ...more });

describe("what the kiosk says", () => {
  it("has a sentence for every code of the rules, in every language", () => {
    const { cases } = JSON.parse(readFileSync(new URL("../../tests/vectors/verdict.json", import.meta.url), "utf8")) as { cases: { expect: { code: string }[] }[] };
    for (const code of new Set(cases.flatMap((one) => one.expect.map((expected) => expected.code)))) {
      expect(has(code), code).toBe(true);
      for (const language of Object.keys(LANGUAGE_NAMES)) {
        const { headline, details } = wordsOf(language, said(code, { minutes: 23, at: "2026-11-22T15:00:00+09:00" }), "アニメーション", TOKYO);
        for (const sentence of [headline, ...details]) expect(sentence).not.toMatch(/[{}]|^$/);
      }
    }
  });

  it("puts furigana apart from text", () => {
    expect(pieces("いま [中|なか]に 8[人|にん]")).toEqual(["いま ", { base: "中", reading: "なか" }, "に 8", { base: "人", reading: "にん" }]);
    expect(plain("[中|なか]に")).toBe("中に");
  });

  it("reads minutes as people say them", () => {
    expect(span("ja", 23)).toBe("23[分|ぷん]");
    expect(span("ja", 125)).toBe("2[時間|じかん]5[分|ふん]");
    expect(span("en", 60)).toBe("1 h");
    expect(span("ja-easy", 3 * 24 * 60)).toBe("3にち");
  });

  it("says a time in the way of the language", () => {
    expect(time("ja", "2026-11-22T06:30:00Z", TOKYO)).toBe("15:30");
    expect(time("ja-easy", "2026-11-22T06:30:00Z", TOKYO)).toBe("ごご 3じ 30ぷん");
    expect(time("ja-easy", "2026-11-22T00:00:00+09:00", TOKYO)).toBe("ごぜん 0じ");
    expect(time("ja-easy", "2026-11-22T12:05:00+09:00", TOKYO)).toBe("ごご 12じ 5ふん");
  });

  it("chooses the sentence by what is known", () => {
    expect(wordsOf("en", said("too-early", { minutes: 23, at: "2026-11-22T15:00:00+09:00" }), "Animation", TOKYO).headline).toBe("You can enter in 23 min");
    expect(wordsOf("en", said("too-early", { minutes: 300, at: "2026-11-22T15:00:00+09:00" }), "Animation", TOKYO).headline).toBe("You can enter from 15:00");
    expect(wordsOf("en", said("closed"), "", TOKYO).details).toEqual(["Ask the staff or see the website for the next open day"]);
    expect(wordsOf("en", said("welcome", { verdict: "welcome" }), "", TOKYO).details).toEqual([]);
    expect(wordsOf("en", said("goodbye", { verdict: "goodbye", minutes: 125, at: "2026-11-22T15:30:00+09:00" }), "", TOKYO).details[1]).toContain("15:30");
  });

  it("takes a code it does not know to the desk", () => {
    expect(wordsOf("en", said("something-new"), "", TOKYO).headline).toBe("The staff are waiting for you");
    expect(wordsOf("en", said("welcome-new", { verdict: "welcome" }), "", TOKYO).headline).toBe("Welcome");
    expect(say("xx", "goodbye")).toBe("See you");
  });

  it("names things in the language, English, or Japanese", () => {
    const names = { ja: "アニメーション", en: "Animation" };
    expect(["ja", "ja-easy", "vi", "en"].map((language) => nameIn(names, language))).toEqual(["アニメーション", "アニメーション", "Animation", "Animation"]);
    expect(nameIn({ ja: "じゆう" }, "en")).toBe("じゆう");
    expect(nameIn(undefined, "en")).toBe("");
  });
});
