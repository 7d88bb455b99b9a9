import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { secondsFor } from "../src/answering";
import { createApi } from "../src/api";
import { Connection } from "../src/connection";
import { isOurs } from "../src/credential";
import { dayAt } from "../src/days";
import { Door } from "../src/door";
import type { Shown } from "../src/door";
import { digestOf, isGroupCode, readGroupCode } from "../src/groupcode";
import { likeliest } from "../src/likely";
import type { Entry } from "../src/store";
import { Store } from "../src/store";
import { Sync } from "../src/sync";
import { Wrong } from "../src/wrong";
import { NOW, Service, dayList } from "./service";

const vectors = JSON.parse(readFileSync(new URL("../../tests/vectors/group-code.json", import.meta.url), "utf8")) as {
  on: string; digests: { kiosk_id: string; on: string; code: string; letter: string; code_digest: string }[]; shown: [string, string | null, string | null][];
};
const PLACE = "tsukurun-takasaki";
const [LETTER, CODE, SCHOOL] = ["G1202611224271", "4271", "みほん市立みほん小学校"];
let now = NOW;
let name = 0;
let store: Store;
let connection: Connection;
let service: Service;
let door: Door;
let sync: Sync;

beforeEach(async () => {
  now = NOW;
  store = await Store.open(`group-${(name += 1)}`);
  service = new Service(() => now);
  service.list = dayList({
    groups: await Promise.all([["a", "2026-11-22", SCHOOL], ["b", "2026-11-23", "あしたの学校"]].map(async ([id = "", on = "", called = ""]) => ({
      id, facility: PLACE, on, code_digest: await digestOf("k", on, CODE), name: called, expected: 30,
    }))),
  });
  connection = new Connection(() => now, () => 0);
  door = new Door(store, connection, () => sync);
  sync = new Sync(store, createApi(() => "kt_test", () => "ja"), connection, {
    listChanged: (list) => door.learnList(list), liveChanged: (live) => door.learnLive(live), entriesChanged: (entries: Entry[]) => door.learnEntries(entries), revoked: () => undefined,
  }, () => ({ version: "test", camera: "ok", is_storage_persistent: true }));
  await sync.beat();
});
afterEach(async () => {
  await sync.upload().catch(() => undefined);
  store.close();
  vi.unstubAllGlobals();
});

const enter = (shown: Shown | null, heads: number, members?: number): Promise<Shown | null> =>
  door.take(shown?.credential ?? { kind: "number", number: "" }, { heads, direction: "in", facility: PLACE, party: SCHOOL, ...(members === undefined ? {} : { members }) });

describe("a group's code of the day", () => {
  it.each(vectors.shown)("shown as %j is read as %j (%s)", (shown, code, problem) => {
    expect(readGroupCode(shown, vectors.on)).toEqual({ code, problem });
  });

  it.each(vectors.digests)("$letter is found by its digest", async ({ kiosk_id, on, code, letter, code_digest }) => {
    expect(await digestOf(kiosk_id, on, code)).toBe(code_digest);
    expect(readGroupCode(letter, on).code).toBe(code);
  });

  it("is told apart from member numbers, passes and what is on other posters", () => {
    expect(["4271", LETTER, "12345671", "42711", `P1${"A".repeat(143)}`, "https://example.org/"].map(isGroupCode)).toEqual([true, true, false, false, false, false]);
    expect([LETTER.toLowerCase(), "4271"].map(isOurs)).toEqual([true, false]);
  });

  it("is of the day at the door, in whatever zone the device thinks it is", () => {
    expect(["2026-11-21T14:59:59Z", "2026-11-21T15:00:00Z"].map((at) => dayAt(Date.parse(at), "Asia/Tokyo"))).toEqual(["2026-11-21", "2026-11-22"]);
  });
});

describe("a group at the door", () => {
  beforeEach(() => connection.cut());

  it("is asked how many came, counted once, and leaves as one, without network", async () => {
    const asked = await door.show(LETTER);
    expect(asked?.verdict).toMatchObject({ verdict: "ask", code: "ask-heads", name: SCHOOL, facility: PLACE, group: { expected: 30, came: 0, inside: 0 } });
    const entered = await enter(asked, 28, 2);
    expect(entered?.verdict).toMatchObject({ verdict: "welcome", code: "welcome-heads", name: SCHOOL, inside: 33, group: { came: 28, inside: 28 } });
    expect((await door.show(CODE))?.verdict.group).toEqual({ expected: 30, came: 28, inside: 28 });
    const left = await door.take(asked?.credential ?? { kind: "number", number: "" }, { direction: "out", facility: PLACE, party: SCHOOL });
    expect(left?.verdict).toMatchObject({ verdict: "goodbye", code: "goodbye-heads", group: { came: 28, inside: 0 } });
    expect(door.facts?.facilities[PLACE]?.inside).toBe(5);
    await sync.upload();
    expect(service.received.map(({ kind, door_code, heads, members, direction, party, told }) => [kind, door_code, heads, members, direction, party, told?.code])).toEqual([
      ["heads", LETTER, undefined, undefined, "auto", undefined, "ask-heads"],
      ["heads", LETTER, 28, 2, "in", SCHOOL, "welcome-heads"],
      ["heads", CODE, undefined, undefined, "auto", undefined, "ask-heads"],
      ["heads", LETTER, undefined, undefined, "out", SCHOOL, "goodbye-heads"],
    ]);
  });

  it("is counted by the service's figures once they contain it", async () => {
    await enter(await door.show(CODE), 28);
    await sync.upload();
    service.inside = 33;
    const real = globalThis.fetch;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const response = await real(url, init);
      return url.endsWith("/heartbeat") ? Response.json({ ...(await response.json()) as object, groups: [{ id: "a", came: 28, inside: 27 }] }) : response;
    });
    await sync.beat();
    expect(door.facts?.groups).toEqual({ a: { facility: PLACE, name: SCHOOL, expected: 30, came: 28, inside: 27 } });
    now = Date.parse("2026-11-22T18:30:00+09:00");
    expect(door.facts?.groups?.a).toMatchObject({ came: 28, inside: 0 });
  });

  it("is another one with the same number on the next day, although nothing was heard since", async () => {
    expect((await door.show(CODE))?.verdict.name).toBe(SCHOOL);
    now = Date.parse("2026-11-23T10:30:00+09:00");
    expect((await door.show(CODE))?.verdict).toMatchObject({ code: "ask-heads", name: "あしたの学校" });
    expect((await door.show(LETTER))?.verdict).toMatchObject({ verdict: "refused", code: "group-not-today" });
    expect((await door.show("0000"))?.verdict).toMatchObject({ verdict: "refused", code: "group-unknown" });
  });

  it("takes its time, and is not counted by itself", async () => {
    const asked = await door.show(CODE);
    expect(likeliest(asked?.verdict ?? { nonce: "", verdict: "ask", code: "" }, door.facts, now)).toEqual([]);
    expect(secondsFor(asked?.verdict ?? { nonce: "", verdict: "ask", code: "" }, false)).toBe(60);
  });

  it("chosen before for a session makes no difference", async () => {
    expect((await door.show(CODE, { session_id: "01990000-0000-7000-8000-000000000003" }))?.verdict.code).toBe("ask-heads");
    expect((await store.entries())[0]?.scan).not.toHaveProperty("session_id");
  });

  it("codes tried at random wait", async () => {
    const wrong = new Wrong(store);
    for (let tries = 0; tries < 5; tries++) wrong.learn("group-unknown");
    expect([wrong.mayTry(CODE), wrong.mayTry(LETTER)]).toEqual([false, false]);
  });
});

describe("a group at the door with network", () => {
  it("is told what the service says", async () => {
    service.answer = ({ heads, door_code }) => ({ verdict: heads === undefined ? "ask" : "welcome", code: heads === undefined ? "ask-heads" : "welcome-heads", name: door_code ?? "", facility: PLACE, group: { expected: 31, came: heads ?? 0, inside: heads ?? 0 } });
    const asked = await door.show(CODE);
    expect(asked).toMatchObject({ isOwn: false, verdict: { code: "ask-heads", group: { expected: 31 } } });
    expect(await enter(asked, 31)).toMatchObject({ isOwn: false, verdict: { code: "welcome-heads", group: { came: 31 } } });
    expect(service.received.length).toBe(2);
    expect(door.facts?.groups?.a).toMatchObject({ came: 31, inside: 31 });
  });
});
