import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isMemberNumber } from "../src/damm";
import { decode, normalise, readPass } from "../src/pass";
import type { ListedKey } from "../src/protocol";

interface Case {
  name: string;
  text: string;
  at: string;
  is_revoked: boolean;
  refusal: string | null;
  claims: { kid: number; pass_id: string; valid_from: string; valid_until: string } | null;
}
const vectors = JSON.parse(readFileSync(new URL("../../tests/vectors/pass.json", import.meta.url), "utf8")) as { keys: ListedKey[]; signed: { text: string }; cases: Case[] };

/** What the rules of the door say of a pass by itself. */
async function refusalOf(one: Case): Promise<string | null> {
  const read = await readPass(one.text, vectors.keys);
  if (read.problem !== null) return read.problem;
  if (one.is_revoked) return "pass-revoked";
  if (Date.parse(one.at) >= Date.parse(read.claims.valid_until)) return "pass-expired";
  return Date.parse(one.at) < Date.parse(read.claims.valid_from) ? "pass-not-yet-valid" : null;
}

afterEach(() => vi.restoreAllMocks());

describe.each(["WebCrypto", "JavaScript"])("the pass code, checked by %s", (engine) => {
  it.each(vectors.cases.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    if (engine === "JavaScript") {
      vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new Error("no Ed25519 here"));
      vi.spyOn(crypto.subtle, "verify").mockRejectedValue(new Error("no Ed25519 here"));
    }
    expect(await refusalOf(one)).toBe(one.refusal);
    if (one.claims === null) return;
    const { claims } = await readPass(one.text, vectors.keys);
    expect(claims?.pass_id).toBe(one.claims.pass_id);
    expect(claims?.kid).toBe(one.claims.kid);
    expect(Date.parse(claims?.valid_until ?? "")).toBe(Date.parse(one.claims.valid_until));
    expect(normalise(one.text)).toMatch(/^P1[A-Z2-7]{143}$/);
  });
});

describe("a code from the street", () => {
  it("never passes when one character changes", async () => {
    const good = vectors.signed.text;
    for (let position = 0; position < good.length; position += 1) {
      for (const character of ["A", "7", "0", " ", "Ａ", "ı"]) {
        const changed = good.slice(0, position) + character + good.slice(position + 1);
        if (normalise(changed) === good) continue;
        expect((await readPass(changed, vectors.keys)).problem).not.toBeNull();
      }
    }
  });

  it("is read or refused whatever it is", () => {
    for (const text of ["", "\0", "P1", "😀".repeat(80), "P1".padEnd(145, "é"), "x".repeat(10_000)]) expect(decode(text)).toBeNull();
  });
});

describe("a member number", () => {
  it("ends in its check digit", () => {
    expect(["00000000", "12345671", "12345670", "1234567", "１２３４５６７１"].map(isMemberNumber)).toEqual([true, true, false, false, false]);
  });
});
