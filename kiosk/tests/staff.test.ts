import "fake-indexeddb/auto";
import { zlibSync } from "fflate";
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NO_TRIES, afterWrong, waitOf } from "../src/pin";
import type { DayList, SealedSheet, StaffPerson, State, Verdict } from "../src/protocol";
import { gradeOf, rollOf } from "../src/roll";
import type { KeptMark } from "../src/roll";
import { openSheet } from "../src/sheet";
import { StaffMenu } from "../src/staff";
import { Store } from "../src/store";
import { NOW, dayList } from "./service";

const PLACE = "tsukurun-takasaki";
const PERSON: StaffPerson = { member_key: "yui", name: "新井 結衣", kana: "あらい ゆい", grade: 3, assistance: "車いす", phones: [{ name: "新井 恵", relation: "母", phone: "090-0000-0000" }] };

/** As the service seals: deflate, PBKDF2-HMAC-SHA256, AES-256-GCM with the tag behind. */
function seal(sheet: unknown, pin: string, iterations = 1000): SealedSheet {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", pbkdf2Sync(pin, salt, iterations, 32, "sha256"), nonce);
  const sealed = Buffer.concat([cipher.update(zlibSync(new TextEncoder().encode(JSON.stringify(sheet)))), cipher.final(), cipher.getAuthTag()]);
  return { salt: salt.toString("base64url"), iterations, nonce: nonce.toString("base64url"), sealed: sealed.toString("base64url") };
}

describe("the sheet under the PIN", () => {
  it("opens with its PIN and with no other", async () => {
    const sealed = seal({ people: [PERSON] }, "2580");
    expect(await openSheet(sealed, "2580")).toEqual({ people: [PERSON] });
    expect(await openSheet(sealed, "2581")).toBe(null);
    expect(await openSheet(sealed, "")).toBe(null);
  });
});

describe("a sheet that the service sealed", () => {
  it("opens with its PIN", async () => {
    const vector = JSON.parse(readFileSync(new URL("../../tests/vectors/sealed-sheet.json", import.meta.url), "utf8")) as { pin: string; plain: string; sealed: SealedSheet };
    expect(await openSheet(vector.sealed, vector.pin)).toEqual(JSON.parse(vector.plain));
    expect(await openSheet(vector.sealed, "0000")).toBe(null);
  });
});

describe("tries of a PIN", () => {
  it("wait a minute after five, and twice as long after each further one, an hour at most", () => {
    let tries = NO_TRIES;
    const waits = Array.from({ length: 13 }, () => waitOf((tries = afterWrong(tries, 1000)), 1000) / 60_000);
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(waitOf({ wrong: 5, until: 10 ** 15 }, 0)).toBe(3600_000);
    expect(waitOf({ wrong: 5, until: 10 }, 20)).toBe(0);
  });
});

describe("the roll call", () => {
  const visit = (entered_at: string, facility = PLACE) => ({ facility, entered_at });
  const facts = (people: State["people"], inside: number): State => ({
    facilities: { [PLACE]: { name: PLACE, capacity: 40, inside, is_closed: false, open: [] } }, sessions: {}, answered: {}, people,
  });
  const mark = (order: number, how: KeptMark["how"], marked_at: string): KeptMark => ({ nonce: String(order), member_key: "yui", how, marked_at, by_name: "係", order, isSent: false });

  it("names whom the sheet knows, and counts everybody else", () => {
    const roll = rollOf(facts({
      "yui": { name: "ゆい", visit: visit("2026-11-22T14:00:00+09:00") },
      "ren": { name: "れん", visit: visit("2026-11-22T14:10:00+09:00") },
      "mao": { name: "まお", visit: null },
      "far": { name: "とおい", visit: visit("2026-11-22T14:10:00+09:00", "elsewhere") },
      "pass:x": { is_listed: false, visit: visit("2026-11-22T14:20:00+09:00") },
    }, 10), dayList(), new Map([["yui", PERSON]]), []);
    expect(roll.people.map((one) => one.person.name)).toEqual(["新井 結衣", "れん"]);
    expect([roll.unlisted, roll.others]).toEqual([1, 7]);
  });

  it("shows the last tick of this stay, and none that was taken back", () => {
    const people = { yui: { name: "ゆい", visit: visit("2026-11-22T14:00:00+09:00") } };
    const ticked = (...marks: KeptMark[]) => rollOf(facts(people, 1), dayList(), new Map(), marks).people[0]?.mark?.how ?? null;
    expect(ticked(mark(1, "safe", "2026-11-22T13:59:00+09:00"))).toBe(null);
    expect(ticked(mark(2, "handed-over", "2026-11-22T14:05:00+09:00"), mark(1, "safe", "2026-11-22T14:04:00+09:00"))).toBe("handed-over");
    expect(ticked(mark(1, "safe", "2026-11-22T14:04:00+09:00"), mark(2, "open", "2026-11-22T14:05:00+09:00"))).toBe(null);
  });

  it("is empty before there is a list", () => {
    expect(rollOf(null, null, new Map(), [])).toEqual({ people: [], unlisted: 0, others: 0 });
  });

  it("writes grades as schools do", () => {
    expect([null, 0, 1, 6, 7, 9, 10, 12, 13].map(gradeOf)).toEqual(["", "", "小1", "小6", "中1", "中3", "高1", "高3", ""]);
  });
});

describe("the staff menu", () => {
  let name = 0;
  let store: Store;
  let list: DayList | null;
  let menu: StaffMenu;
  let closed: number;
  let sent: number;
  beforeEach(async () => {
    vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
    store = await Store.open(`staff-${(name += 1)}`);
    [list, closed, sent] = [dayList({ staff: seal({ people: [PERSON] }, "2580") }), 0, 0];
    menu = new StaffMenu(store, {
      list: () => list, now: () => Date.now(), take: async () => ({ nonce: "n", verdict: "welcome", code: "welcome-heads" }) satisfies Verdict,
      send: () => (sent += 1), closed: () => (closed += 1),
    });
    await menu.open();
  });
  afterEach(() => {
    store.close();
    vi.useRealTimers();
  });

  it("opens by the PIN and forgets everybody when it is left", async () => {
    await menu.enter("2580");
    expect([menu.page.value, menu.people.value.get("yui")]).toEqual(["menu", PERSON]);
    menu.leave();
    expect([menu.page.value, menu.people.value.size, closed]).toEqual([null, 0, 1]);
  });

  it("forgets everybody when nobody touched it for two minutes", async () => {
    await menu.enter("2580");
    vi.setSystemTime(NOW + 119_000);
    menu.tick();
    expect(menu.isOpen).toBe(true);
    vi.setSystemTime(NOW + 121_000);
    menu.tick();
    expect([menu.isOpen, menu.people.value.size]).toEqual([false, 0]);
  });

  it("lets nobody guess, also not after it was opened anew, and forgives with the right PIN", async () => {
    for (let index = 0; index < 5; index += 1) await menu.enter("0000");
    menu.leave();
    await menu.open();
    await menu.enter("2580");
    expect([menu.page.value, menu.waitsUntil.value]).toEqual(["pin", NOW + 60_000]);
    vi.setSystemTime(NOW + 60_001);
    await menu.enter("2580");
    expect(menu.page.value).toBe("menu");
    expect(await store.get("tries")).toEqual(NO_TRIES);
  });

  it("gives nothing without a PIN", async () => {
    list = dayList();
    await menu.enter("2580");
    expect(menu.page.value).toBe("pin");
  });

  it("writes a tick down before it shows it, sends it, and keeps it for the next time", async () => {
    await menu.enter("2580");
    menu.byName.value = " 係の人 ";
    await menu.mark("yui", "safe");
    expect(menu.marks.value).toMatchObject([{ member_key: "yui", how: "safe", by_name: "係の人", order: 1, isSent: false }]);
    expect(sent).toBe(1);
    await menu.go("roll");
    expect((await store.marks()).map((one) => one.nonce)).toEqual(menu.marks.value.map((one) => one.nonce));
    vi.spyOn(store, "addMark").mockRejectedValue(new DOMException("full", "QuotaExceededError"));
    await menu.mark("yui", "open");
    expect([menu.isFull.value, menu.marks.value.length]).toEqual([true, 1]);
  });

  it("counts a group", async () => {
    await menu.enter("2580");
    await menu.count({ kind: "heads", heads: 3, heads_of: "guardian", party: "", facility: PLACE, direction: "in" });
    expect(menu.said.value?.code).toBe("welcome-heads");
  });
});
