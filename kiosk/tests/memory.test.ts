import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../src/api";
import { Connection } from "../src/connection";
import { Door } from "../src/door";
import * as picture from "../src/picture";
import { Store } from "../src/store";
import { Sync } from "../src/sync";
import { NOW, Service, dayList, member } from "./service";

vi.mock(import("../src/picture"), async (load) => {
  const real = await load();
  return { ...real, stateOf: vi.fn(real.stateOf) };
});

const PEOPLE = 600;
let now = NOW;
let name = 0;
let store: Store;
let service: Service;
let connection: Connection;
let door: Door;
let sync: Sync;

/** Scans that were thought through since the last look at this. */
function thought(): number {
  const { calls } = vi.mocked(picture.stateOf).mock;
  const scans = calls.reduce((sum, [, , entries]) => sum + entries.length, 0);
  vi.mocked(picture.stateOf).mockClear();
  return scans;
}

const numberOf = (index: number): string => `${index}`.padStart(8, "0");

beforeEach(async () => {
  now = NOW;
  store = await Store.open(`memory-${(name += 1)}`);
  service = new Service(() => now);
  service.list = dayList({ members: Array.from({ length: PEOPLE }, (_, index) => member(`m${index}`, numberOf(index))) });
  service.list.facilities[0]!.capacity = 2 * PEOPLE;
  service.list.sessions[0]!.walk_in = PEOPLE;
  connection = new Connection(() => now);
  door = new Door(store, connection, () => sync);
  sync = new Sync(store, createApi(() => "kt_test", () => "ja"), connection, {
    listChanged: (list) => door.learnList(list),
    liveChanged: (live) => door.learnLive(live),
    entriesChanged: (entries) => door.learnEntries(entries),
    revoked: () => undefined,
  }, () => ({ version: "test", camera: "ok", is_storage_persistent: true }));
  await sync.beat();
  service.isUp = false;
  await sync.beat();
  await sync.beat();
  void door.facts;
  thought();
});
afterEach(() => {
  store.close();
  vi.unstubAllGlobals();
});

/** Everybody comes, seconds apart, and the screen looks at the facts each time. */
async function everybody(): Promise<void> {
  for (let index = 0; index < PEOPLE; index += 1) {
    now += 1000;
    await door.take({ kind: "number", number: numberOf(index) });
    void door.facts;
  }
}

describe("a long queue", () => {
  it("is thought through by no scan of it", async () => {
    await everybody();
    expect(door.count("waiting")).toBe(PEOPLE);
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(5 + PEOPLE);
    expect(thought()).toBe(0);
  });

  it("is read from the device by no scan of it", async () => {
    const asked = vi.spyOn(IDBObjectStore.prototype, "get");
    const many = [vi.spyOn(IDBObjectStore.prototype, "getAll"), vi.spyOn(IDBIndex.prototype, "getAll"), vi.spyOn(IDBIndex.prototype, "openCursor"), vi.spyOn(IDBIndex.prototype, "count")];
    await everybody();
    expect(asked.mock.calls.length).toBe(PEOPLE);
    expect(many.map((one) => one.mock.calls.length)).toEqual([0, 0, 0, 0]);
    vi.restoreAllMocks();
  });

  it("is thought through by no batch that the service answers as the kiosk did", async () => {
    await everybody();
    service.isUp = true;
    await sync.upload();
    expect([door.count("waiting"), door.count("sent")]).toEqual([0, PEOPLE]);
    void door.facts;
    expect(thought()).toBe(0);
  });

  it("is thought through once when an answer differs", async () => {
    await everybody();
    service.answer = (scan) => (scan.seq === 7 ? { verdict: "refused", code: "see-desk" } : { verdict: "welcome", code: "welcome-walk-in", facility: "tsukurun-takasaki", session: service.list.sessions[0]!.id });
    service.isUp = true;
    await sync.upload();
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(5 + PEOPLE - 1);
    void door.facts;
    expect(thought()).toBe(PEOPLE);
  });

  it("leaves the same facts as thinking all of it through again", async () => {
    await everybody();
    const before = door.facts;
    await door.load();
    expect(door.facts).toEqual(before);
    expect(thought()).toBe(PEOPLE);
  });

  it("is thought through when a facility closes, and when the clock was set back", async () => {
    await everybody();
    now = Date.parse("2026-11-22T17:59:59+09:00");
    void door.facts;
    expect(thought()).toBe(0);
    now += 1000;
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(0);
    expect(thought()).toBe(PEOPLE);
    now -= 1000;
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(5 + PEOPLE);
    expect(thought()).toBe(PEOPLE);
  });
});

describe("answered scans", () => {
  it("are forgotten after twenty minutes however many, and none that waits", async () => {
    await everybody();
    service.isUp = true;
    await sync.upload();
    connection.cut();
    now += 30 * 60_000;
    await door.take({ kind: "number", number: numberOf(0) });
    await store.prune(Number.MAX_SAFE_INTEGER, now - 20 * 60_000);
    expect((await store.entries()).map((entry) => [entry.seq, entry.state])).toEqual([[PEOPLE + 1, "waiting"]]);
  });

  it("of the last twenty minutes stay, wherever they stand", async () => {
    await everybody();
    service.isUp = true;
    await sync.upload();
    await store.prune(PEOPLE, NOW + 550_500);
    expect((await store.entries()).map((entry) => entry.seq)).toEqual(Array.from({ length: PEOPLE - 550 }, (_, index) => 551 + index));
  });
});
