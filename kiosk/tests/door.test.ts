import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../src/api";
import { Connection } from "../src/connection";
import { Door } from "../src/door";
import type { Entry } from "../src/store";
import { Store } from "../src/store";
import { Sync } from "../src/sync";
import { NOW, SESSION, Service, dayList, member } from "./service";

let now = NOW;
let name = 0;
let store: Store;
let connection: Connection;
let service: Service;
let door: Door;
let sync: Sync;
let revoked = 0;
let uploads: Promise<void>[] = [];

function wire(): void {
  connection = new Connection(() => now);
  door = new Door(store, connection, () => sync);
  sync = new Sync(store, createApi(() => "kt_test", () => "ja"), connection, {
    listChanged: (list) => door.learnList(list),
    liveChanged: (live) => door.learnLive(live),
    entriesChanged: (entries: Entry[]) => door.learnEntries(entries),
    revoked: () => { revoked += 1; },
  }, () => ({ version: "test", camera: "ok", is_storage_persistent: true }));
  const upload = sync.upload.bind(sync);
  vi.spyOn(sync, "upload").mockImplementation(() => {
    const going = upload();
    uploads.push(going);
    return going;
  });
}

/** What goes on behind the answers has come to its end. */
async function quiet(): Promise<void> {
  for (let count = -1; count !== uploads.length;) {
    count = uploads.length;
    await Promise.allSettled(uploads);
  }
  uploads = [];
}

beforeEach(async () => {
  now = NOW;
  revoked = 0;
  store = await Store.open(`kiosk-${(name += 1)}`);
  service = new Service(() => now);
  wire();
  await sync.beat();
});
afterEach(async () => {
  await quiet();
  store.close();
  vi.unstubAllGlobals();
});

async function cut(): Promise<void> {
  service.isUp = false;
  await sync.beat();
  await sync.beat();
  expect(connection.isOffline).toBe(true);
}

async function back(): Promise<void> {
  service.isUp = true;
  await sync.beat();
  await sync.upload();
}

describe("offline", () => {
  it("decides alone, commits before it answers, and sends everything once, in order, when the network is back", async () => {
    await cut();
    const shown = await door.show("12345671");
    expect(shown?.verdict).toMatchObject({ verdict: "welcome", code: "welcome-walk-in", name: "yui", inside: 6 });
    expect(shown?.isOwn).toBe(true);
    expect(await store.count("waiting")).toBe(1);
    await door.show("00000000");
    await door.show("99999999");
    service.losesAnswers = 1;
    service.isUp = true;
    await sync.upload();
    expect(await store.count("waiting")).toBe(3);
    await back();
    expect(await store.count("waiting")).toBe(0);
    expect(new Set(service.received.map((scan) => scan.nonce)).size).toBe(3);
    const last = service.received.slice(-3);
    expect(last.map((scan) => scan.seq)).toEqual([1, 2, 3]);
    expect(last.map((scan) => scan.told?.code)).toEqual(["welcome-walk-in", "welcome-walk-in", "pass-malformed"]);
    expect(last.every((scan) => scan.offline)).toBe(true);
  });

  it("enforces the rules it can know: the last seat, the second scan, the exit", async () => {
    service.list = dayList({ sessions: dayList().sessions.map((one) => ({ ...one, walk_in: 1 })) });
    service.etag = '"2"';
    await sync.beat();
    await cut();
    expect((await door.show("12345671"))?.verdict.code).toBe("welcome-walk-in");
    expect((await door.show("00000000"))?.verdict.code).toBe("session-full");
    now += 60_000;
    expect((await door.show("12345671"))?.verdict).toMatchObject({ code: "welcome-walk-in", flags: [] });
    now += 120_000;
    expect((await door.show("12345671"))?.verdict).toMatchObject({ code: "goodbye", minutes: 3 });
  });

  it("remembers everything after the browser was killed", async () => {
    await cut();
    await door.show("12345671");
    wire();
    connection.cut();
    await door.load();
    now += 5 * 60_000;
    expect((await door.show("12345671"))?.verdict).toMatchObject({ code: "goodbye", minutes: 5 });
    expect((await store.entries()).map((entry) => entry.seq)).toEqual([1, 2]);
  });

  it("lets everybody go at closing: the next day's scan enters", async () => {
    service.list = dayList({
      sessions: [...dayList().sessions, { ...(dayList().sessions[0] as never as object), id: "b", starts_at: "2026-11-23T10:00:00+09:00", ends_at: "2026-11-23T12:00:00+09:00", door_opens_at: "2026-11-23T09:30:00+09:00" } as never],
    });
    service.etag = '"2"';
    await sync.beat();
    await cut();
    await door.show("12345671");
    now = Date.parse("2026-11-23T10:05:00+09:00");
    expect((await door.show("12345671"))?.verdict).toMatchObject({ code: "welcome-walk-in", session: "b", inside: 1 });
  });

  it("sends 1,200 scans in batches of 500", async () => {
    await cut();
    for (let index = 0; index < 1200; index += 1) await door.show(`code ${index}`);
    await back();
    expect(await store.count("waiting")).toBe(0);
    expect(service.batches).toEqual([500, 500, 200]);
    expect(service.received.map((scan) => scan.seq)).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1));
  });
});

describe("online", () => {
  it("shows what the service says, when it says it in time", async () => {
    service.answer = () => ({ verdict: "refused", code: "building-full" });
    const shown = await door.show("12345671");
    expect(shown).toMatchObject({ isOwn: false, verdict: { code: "building-full" } });
    expect(service.received[0]?.told).toBeUndefined();
    expect(door.facts?.people.yui?.visit).toBeUndefined();
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(5);
  });

  it("counts a welcome that only the service knew", async () => {
    service.answer = () => ({ verdict: "welcome", code: "welcome", facility: "tsukurun-takasaki", session: SESSION });
    service.list = dayList({ members: [member("yui", "12345671", { programs: [] })] });
    service.etag = '"2"';
    await sync.beat();
    expect((await door.show("12345671"))?.verdict.code).toBe("welcome");
    expect(door.facts?.people.yui?.visit?.facility).toBe("tsukurun-takasaki");
  });

  it("answers alone when the service is slow, and says so in a second copy of the same scan", async () => {
    service.delay = 3000;
    const before = Date.now();
    const shown = await door.show("12345671");
    expect(Date.now() - before).toBeLessThan(2500);
    expect(shown).toMatchObject({ isOwn: true, verdict: { code: "welcome-walk-in" } });
    service.delay = 0;
    await quiet();
    expect(await store.count("waiting")).toBe(0);
    expect(service.received.map((scan) => [scan.seq, scan.told?.code])).toEqual([[1, undefined], [1, "welcome-walk-in"]]);
    expect(new Set(service.received.map((scan) => scan.nonce)).size).toBe(1);
  });

  it("answers alone at once when the wire is cut under it", async () => {
    service.isUp = false;
    const shown = await door.show("12345671");
    expect(shown).toMatchObject({ isOwn: true, verdict: { code: "welcome-walk-in" } });
    expect((await store.entries())[0]?.scan.told).toEqual({ verdict: "welcome", code: "welcome-walk-in" });
  });

  it("keeps no code once it was answered", async () => {
    await door.show("some code");
    expect((await store.entries())[0]?.scan).not.toHaveProperty("token");
  });

  it("parks the one scan the service cannot read and sends the others", async () => {
    await cut();
    service.poison = "poison";
    for (const text of ["one", "poison", "two"]) await door.show(text);
    await back();
    expect([await store.count("waiting"), await store.count("parked"), await store.count("sent")]).toEqual([0, 1, 2]);
  });

  it("sends one batch at a time, however often it is asked", async () => {
    await cut();
    await door.show("12345671");
    service.isUp = true;
    await Promise.all([sync.upload(), sync.upload(), sync.upload()]);
    expect(service.received.length).toBe(1);
  });
});

describe("a device that is full", () => {
  it("makes room by forgetting what was answered, and loses no scan", async () => {
    await door.show("12345671");
    const add = store.add.bind(store);
    vi.spyOn(store, "add").mockRejectedValueOnce(new DOMException("full", "QuotaExceededError")).mockImplementation(add);
    await cut();
    expect((await door.show("00000000"))?.verdict.verdict).toBe("welcome");
    expect((await store.entries()).map((entry) => entry.seq)).toEqual([2]);
  });

  it("answers nobody when nothing can be written", async () => {
    await cut();
    vi.spyOn(store, "add").mockRejectedValue(new DOMException("full", "QuotaExceededError"));
    await expect(door.show("00000000")).rejects.toThrow("full");
  });
});

describe("people without a pass", () => {
  const heads = { kind: "heads", heads: 12, heads_of: "group", party: "第一小学校", facility: "tsukurun-takasaki", direction: "in" } as const;

  it("are counted through the same queue, in and out", async () => {
    service.answer = () => ({ verdict: "welcome", code: "welcome-heads", facility: "tsukurun-takasaki" });
    await door.take(heads);
    await door.take({ ...heads, heads: 2, heads_of: "visitor", party: "", direction: "out" });
    expect(service.received).toMatchObject([
      { kind: "heads", heads: 12, heads_of: "group", party: "第一小学校", facility: "tsukurun-takasaki", direction: "in" },
      { kind: "heads", heads: 2, heads_of: "visitor", direction: "out" },
    ]);
    expect(service.received[1]).not.toHaveProperty("party");
  });

  it("are counted without network, too", async () => {
    await cut();
    expect((await door.take(heads))?.verdict).toMatchObject({ verdict: "welcome", code: "welcome-heads", inside: 17 });
    expect(await store.count("waiting")).toBe(1);
  });
});

describe("ticks of a roll call", () => {
  const mark = (nonce: string, marked_at = new Date(NOW).toISOString()) => ({ nonce, member_key: "yui", how: "safe" as const, marked_at, by_name: "係" });

  it("wait on the device and are sent once, in order", async () => {
    await cut();
    for (const nonce of ["b", "a", "c"]) await store.addMark(mark(nonce));
    await sync.uploadMarks();
    expect(service.marks).toEqual([]);
    service.isUp = true;
    await Promise.all([sync.uploadMarks(), sync.uploadMarks()]);
    await sync.uploadMarks();
    expect(service.marks).toEqual([mark("b"), mark("a"), mark("c")]);
    expect((await store.marks()).map((one) => one.isSent)).toEqual([true, true, true]);
  });

  it("are not held up by one that the service does not take", async () => {
    for (const nonce of ["a", "poison", "c"]) await store.addMark(mark(nonce));
    service.poison = "poison";
    await sync.uploadMarks();
    expect(service.marks.map((one) => one.nonce)).toEqual(["a", "c"]);
    expect((await store.marks()).map((one) => one.isSent)).toEqual([true, false, true]);
  });

  it("wait for a service that has a door for them, and are forgotten a day after they were sent", async () => {
    service.hasRollCall = false;
    await store.addMark(mark("a", new Date(NOW - 25 * 3600_000).toISOString()));
    await sync.uploadMarks();
    expect((await store.marks()).length).toBe(1);
    expect(connection.isOffline).toBe(false);
    service.hasRollCall = true;
    await sync.uploadMarks();
    expect(service.marks.length).toBe(1);
    expect(await store.marks()).toEqual([]);
  });
});

describe("what the service saw differently", () => {
  it("is kept for staff to count", async () => {
    await cut();
    await door.show("12345671");
    await door.show("00000000");
    service.answer = (scan) => ({ verdict: "welcome", code: "welcome-walk-in", flags: scan.seq === 1 ? ["disagreement"] : ["unlisted"] });
    await back();
    expect(await store.get("differences")).toMatchObject([{ told: "welcome-walk-in" }]);
  });
});

describe("in step", () => {
  it("takes a new list when the heartbeat names another, and asks for none otherwise", async () => {
    service.list = dayList({ members: [member("mao", "12345671")] });
    service.etag = '"2"';
    await sync.beat();
    expect(Object.keys(door.facts?.people ?? {})).toEqual(["mao"]);
    const before = await store.get("list");
    await sync.fetchList();
    expect(await store.get("list")).toEqual(before);
  });

  it("does not count a scan twice when the figures contain it", async () => {
    await door.show("12345671");
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(6);
    service.inside = 6;
    await sync.beat();
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(6);
    now += 60_000;
    expect((await door.show("12345671"))?.verdict.verdict).toBe("welcome");
  });

  it("corrects a clock that is two hours slow, and knows it", async () => {
    service = new Service(() => NOW);
    now = NOW - 2 * 3600_000;
    await sync.beat();
    expect(connection.isClockWrong).toBe(true);
    const shown = await door.show("12345671");
    expect(shown?.verdict.verdict).toBe("welcome");
    expect(service.received[0]?.clock_offset_ms).toBe(2 * 3600_000);
    now = NOW;
    await sync.beat();
    expect(connection.isClockWrong).toBe(false);
  });

  it("forgets everybody when it is revoked, and keeps what was not sent", async () => {
    await cut();
    await door.show("12345671");
    service.isUp = true;
    service.isRevoked = true;
    await sync.upload();
    expect(revoked).toBe(1);
    expect(await store.get("list")).toBeUndefined();
    expect(await store.get("token")).toBeUndefined();
    expect(await store.count("waiting")).toBe(1);
  });

  it("forgets answered scans after a while", async () => {
    await door.show("12345671");
    now += 21 * 60_000;
    await sync.beat();
    expect(await store.entries()).toEqual([]);
    expect(await store.get("seq")).toBe(1);
  });
});
