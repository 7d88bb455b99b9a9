import { describe, expect, it } from "vitest";
import { faultsOf, isStorageLow, retell } from "../src/faults";
import type { Condition, Fault } from "../src/faults";
import { likeliest } from "../src/likely";
import type { State, Verdict } from "../src/protocol";
import { crashes, describe as told, note, pauseAfter } from "../src/restart";
import { voiceFor } from "../src/voice";
import { NOW, SESSION } from "./service";

const GOOD: Condition = {
  camera: "ok", hasCamera: true, isClockWrong: false, isPersistent: true, storage: { used: 1e6, quota: 1e9 }, parked: 0, crashedAt: null, hasVoice: true, isOffline: false,
};
const MB = 1024 * 1024;

describe("what is wrong with the device", () => {
  it("is nothing, or said by stable codes", () => {
    expect(faultsOf(GOOD, NOW)).toEqual([]);
    expect(faultsOf({
      camera: "missing", hasCamera: true, isClockWrong: true, isPersistent: false, storage: { used: 95, quota: 100 }, parked: 1, crashedAt: NOW - 1000, hasVoice: false, isOffline: true,
    }, NOW)).toEqual(["camera-missing", "clock-wrong", "storage-not-persistent", "storage-low", "scans-parked", "app-crashed", "voice-missing", "offline"]);
    expect(faultsOf({ ...GOOD, camera: "coarse" }, NOW)).toEqual(["camera-coarse"]);
  });

  it("is no missing camera where a scanner stands, and no crash of long ago", () => {
    expect(faultsOf({ ...GOOD, camera: "missing", hasCamera: false, crashedAt: NOW - 3700_000 }, NOW)).toEqual([]);
  });

  it("is little room below a tenth or 50 MB", () => {
    expect([null, { used: 0, quota: 0 }, { used: 89 * MB, quota: 1000 * MB }, { used: 901 * MB, quota: 1000 * MB }, { used: 51 * MB, quota: 100 * MB }].map(isStorageLow))
      .toEqual([false, false, false, true, true]);
  });

  it("becomes a story of beginnings and ends", () => {
    const first = retell([], ["offline", "camera-missing"], 1);
    expect(retell(first, ["camera-missing", "offline"], 2)).toBe(first);
    const second = retell(first, ["offline"], 3);
    expect(second).toEqual([{ code: "offline", began_at: 1, ended_at: null }, { code: "camera-missing", began_at: 1, ended_at: 3 }]);
    expect(retell(second, ["offline", "camera-missing"], 4)[0]).toEqual({ code: "camera-missing", began_at: 4, ended_at: null });
    const long = Array.from({ length: 80 }, (_, at): Fault => ({ code: "offline", began_at: at, ended_at: at }));
    expect(retell(long, ["clock-wrong"], 99).length).toBe(60);
  });
});

describe("starting again after a crash", () => {
  const kept = (before: string | null) => {
    let value = before;
    return { getItem: () => value, setItem: (_: string, text: string) => void (value = text) };
  };

  it("notes kind and place, never the message", () => {
    const error = Object.assign(new TypeError("ゆい さん"), { stack: "TypeError: ゆい さん\n at draw (https://kiosk.example/kiosk/assets/index-a1.js:3:14)" });
    expect(told(error)).toBe("TypeError index-a1.js:3:14");
    expect(told("text")).toBe("string");
    const storage = kept(null);
    note(error, NOW, storage);
    expect(crashes(storage)).toEqual([{ at: NOW, what: "TypeError index-a1.js:3:14" }]);
  });

  it("pauses longer each time, a minute at most, and is forgiving about what is kept", () => {
    const many = (n: number) => Array.from({ length: n }, () => ({ at: NOW, what: "" }));
    expect([1, 2, 3, 4, 9].map((n) => pauseAfter(many(n), NOW))).toEqual([2000, 4000, 8000, 16_000, 60_000]);
    expect(pauseAfter(many(9), NOW + 11 * 60_000)).toBe(2000);
    expect(crashes(kept("{broken"))).toEqual([]);
    expect(crashes(kept('{"at":1}'))).toEqual([]);
    const full = { getItem: () => null, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } };
    expect(note(new Error("x"), NOW, full).length).toBe(1);
  });
});

describe("the likeliest answer to a question", () => {
  const session = (starts_at: string) => ({ facility: "a", program: "p", label: "", starts_at, ends_at: "2026-11-22T17:00:00+09:00", door_opens_at: "2026-11-22T14:30:00+09:00" });
  const facts: State = {
    facilities: {}, answered: {}, sessions: { [SESSION]: session("2026-11-22T15:00:00+09:00"), late: session("2026-11-22T16:00:00+09:00") },
    people: { yui: { bookings: [{ session: SESSION, state: "confirmed" }] }, ren: {}, mao: { bookings: [{ session: "gone", state: "confirmed" }] } },
  };
  const ask = (code: string, choices: Verdict["choices"]): Verdict => ({ nonce: "n", verdict: "ask", code, choices: choices ?? [] });
  const member = (key: string, is_inside = false) => ({ id: `member:${key}`, label: "", is_inside });

  it("where: what begins first, then a place without sessions", () => {
    const choices = [{ id: "facility:b", label: "" }, { id: "session:late", label: "", session: "late" }, { id: "session:now", label: "", session: SESSION }];
    expect(likeliest(ask("ask-where", choices), facts, NOW)).toEqual(["session:now"]);
    expect(likeliest(ask("ask-where", choices.slice(0, 1)), facts, NOW)).toEqual(["facility:b"]);
    expect(likeliest(ask("ask-where", []), null, NOW)).toEqual([]);
  });

  it("who: those booked now and outside, else those inside, else the first", () => {
    expect(likeliest(ask("ask-who", [member("ren"), member("yui"), member("mao", true)]), facts, NOW)).toEqual(["member:yui"]);
    expect(likeliest(ask("ask-who", [member("ren"), member("mao", true), member("yui", true)]), facts, NOW)).toEqual(["member:mao", "member:yui"]);
    expect(likeliest(ask("ask-who", [member("ren"), member("mao")]), facts, NOW)).toEqual(["member:ren"]);
    expect(likeliest(ask("ask-who", []), facts, NOW)).toEqual([]);
  });
});

describe("the voice", () => {
  it("is of the language, of its region where there is one, and never another language's", () => {
    const voices = [{ lang: "en-US" }, { lang: "pt-PT" }, { lang: "pt_BR" }, { lang: "ja-JP" }];
    expect(["ja-easy", "pt-BR", "en", "vi"].map((language) => voiceFor(voices, language)?.lang)).toEqual(["ja-JP", "pt_BR", "en-US", undefined]);
  });

  it("is one of the device itself before one that is silent without network", () => {
    const voices = [{ lang: "ja-JP", localService: false, name: "far" }, { lang: "ja-JP", localService: true, name: "here" }];
    expect(voiceFor(voices, "ja")?.name).toBe("here");
  });
});
