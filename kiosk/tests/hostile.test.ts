import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../src/api";
import { Connection } from "../src/connection";
import { Door } from "../src/door";
import { Patience } from "../src/patience";
import { keepTime } from "../src/rounds";
import type { Entry } from "../src/store";
import { Store } from "../src/store";
import { Sync } from "../src/sync";
import { Wrong } from "../src/wrong";
import { NOW, Service, dayList, member } from "./service";

let now = NOW;
let name = 0;
let store: Store;
let connection: Connection;
let service: Service;
let door: Door;
let sync: Sync;
let revoked = 0;

beforeEach(async () => {
  [now, revoked] = [NOW, 0];
  store = await Store.open(`hostile-${(name += 1)}`);
  service = new Service(() => now);
  connection = new Connection(() => now, () => 0);
  door = new Door(store, connection, () => sync);
  sync = new Sync(store, createApi(() => "kt_test", () => "ja"), connection, {
    listChanged: (list) => door.learnList(list), liveChanged: (live) => door.learnLive(live), entriesChanged: (entries: Entry[]) => door.learnEntries(entries),
    revoked: () => { revoked += 1; },
  }, () => ({ version: "test", camera: "ok", is_storage_persistent: true }));
  await sync.beat();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await sync.upload().catch(() => undefined);
  store.close();
  vi.unstubAllGlobals();
});

/** Something else answers in the service's place. */
function answering(respond: (url: string, init: RequestInit) => Response | Promise<Response>): void {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => respond(url, init));
}

/** Scans from so many people while the network is away. */
async function scanned(people: number): Promise<void> {
  const numbers = Array.from({ length: people }, (_, index) => `1${index}`.padStart(8, "0"));
  service.list = dayList({ members: numbers.map((number) => member(number, number)) });
  door.learnList(service.list);
  await sync.upload();
  connection.cut();
  for (const number of numbers) await door.take({ kind: "number", number });
}

/** Every write to what is kept beside the queue fails: the device is full. */
function full(isHit: (where: string, key: unknown) => boolean = (where) => where === "kept"): void {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    if (isHit(this.name, key)) throw new DOMException("full", "QuotaExceededError");
    return key === undefined ? put.call(this, value) : put.call(this, value, key);
  });
}

const page = (status: number): Response => new Response("<!doctype html><title>Sign in</title>", { status, headers: { "Content-Type": "text/html" } });

describe("somebody else answers in the service's place", () => {
  it.each([
    ["a page", () => page(200)],
    ["a page of its own 401", () => page(401)],
    ["JSON that says yes", () => Response.json({ success: true })],
    ["JSON that is nothing", () => Response.json(null)],
    ["a list without its fields", () => Response.json({ server_time: "soon", facilities: [{}], members: [{}], verdicts: [{}] })],
    ["a number for a code", () => Response.json({ code: 403 }, { status: 403 })],
  ])("%s: the kiosk is offline, knows its people and its time, and answers alone", async (_, respond) => {
    answering(respond);
    await sync.beat();
    await sync.fetchList();
    expect(connection.isOffline).toBe(true);
    expect(connection.offset.value).toBe(0);
    expect(await door.show("12345671")).toMatchObject({ isOwn: true, verdict: { code: "welcome-walk-in" } });
    await sync.upload();
    expect([await store.count("waiting"), await store.count("parked"), revoked]).toEqual([1, 0, 0]);
    expect((await store.get("list"))?.members.length).toBe(2);
  });

  it.each([[401, "unauthorized"], [403, "blocked-by-policy"], [404, "not-found"], [413, "too-large"]])("%i %s sets nothing aside and revokes nothing", async (status, code) => {
    await door.show("12345671");
    await scanned(3);
    answering(() => Response.json({ code }, { status }));
    await sync.upload();
    await sync.beat();
    expect([await store.count("waiting"), await store.count("parked"), revoked]).toEqual([3, 0, 0]);
    expect(await store.get("list")).toBeDefined();
  });

  it("a proxy that packs answers does not make the list be fetched anew with every sign of life", async () => {
    service.etag = '"2"';
    const real = globalThis.fetch;
    let lists = 0;
    answering(async (url, init) => {
      const response = await real(url, init);
      if (!url.endsWith("/day-list")) return response;
      lists += 1;
      return new Response(response.status === 304 ? null : await response.text(), { status: response.status, headers: { ETag: 'W/"2"' } });
    });
    for (let beats = 0; beats < 3; beats++) await sync.beat();
    expect(lists).toBe(1);
  });
});

describe("a service that is slow or breaks", () => {
  it("gets a long queue in parts that get through", async () => {
    await scanned(150);
    const real = globalThis.fetch;
    answering((url, init) => {
      if (url.endsWith("/scans") && (JSON.parse(String(init.body)) as { scans: unknown[] }).scans.length > 40) throw new DOMException("", "AbortError");
      return real(url, init);
    });
    for (let rounds = 0; rounds < 5 && (await store.count("waiting")) > 0; rounds++) await sync.upload();
    expect(await store.count("waiting")).toBe(0);
    expect(service.received.map(({ seq }) => seq)).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
  });

  it("sets aside the one scan that breaks it, and tries it again after a restart", async () => {
    await scanned(20);
    const [, , poison] = await store.waiting(3);
    const real = globalThis.fetch;
    answering((url, init) => (url.endsWith("/scans") && String(init.body).includes(poison?.scan.nonce ?? "?") ? Response.json({ code: "internal" }, { status: 500 }) : real(url, init)));
    for (let rounds = 0; rounds < 30 && (await store.count("waiting")) > 0; rounds++) {
      await sync.beat();
      await sync.upload();
    }
    expect((await store.parked()).map(({ seq }) => seq)).toEqual([3]);
    expect(service.received.length).toBe(19);
    vi.stubGlobal("fetch", real);
    await store.retryParked();
    await sync.upload();
    expect([await store.count("parked"), service.received.at(-1)?.seq]).toEqual([0, 3]);
  });

  it("keeps everything while it breaks over all", async () => {
    await scanned(3);
    answering(() => page(500));
    for (let rounds = 0; rounds < 3; rounds++) await sync.upload();
    expect([await store.count("waiting"), await store.count("parked"), connection.isOffline]).toEqual([3, 0, true]);
  });
});

describe("a device that is full", () => {
  it("goes on with signs of life, and sends what waits", async () => {
    await scanned(3);
    full();
    service.inside = 9;
    await sync.beat();
    await sync.upload();
    expect(service.received.length).toBe(3);
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(9 + 3);
  });

  it("uses a list that it cannot keep", async () => {
    full();
    service.list = dayList({ members: [member("mao", "12345671")] });
    service.etag = '"2"';
    await sync.beat();
    expect(Object.keys(door.facts?.people ?? {})).toEqual(["mao"]);
  });

  it("makes room for what somebody is told", async () => {
    await door.show("00000000");
    let writes = 0;
    full((where) => where === "queue" && (writes += 1) === 2);
    service.isUp = false;
    expect(await door.show("12345671")).toMatchObject({ isOwn: true, verdict: { verdict: "welcome" } });
    expect((await store.entries()).map(({ seq, scan }) => [seq, scan.told?.verdict])).toEqual([[2, "welcome"]]);
  });

  it("is free for a new version although a write failed in the middle of sending", async () => {
    await scanned(1);
    full((where) => where === "queue");
    await expect(sync.upload()).rejects.toMatchObject({ name: "QuotaExceededError" });
    expect(sync.isSending).toBe(false);
  });
});

describe("what an older build kept in another form", () => {
  it("is not used, and fetched anew", async () => {
    await store.put("list", { members: "many" } as never);
    await store.put("live", { server_time: NOW } as never);
    expect(await door.load()).toBe(null);
    expect(door.facts).toBe(null);
    await sync.fetchList();
    expect(Object.keys(door.facts?.people ?? {})).toEqual(["yui", "ren"]);
  });
});

describe("a kiosk that was revoked", () => {
  it("keeps no name: what was sent is gone, what waits is nameless", async () => {
    await door.show("12345671");
    await sync.upload();
    connection.cut();
    await door.show("00000000");
    const mark = (nonce: string) => ({ nonce, member_key: "yui", how: "safe" as const, marked_at: new Date(NOW).toISOString(), by_name: "係" });
    await store.addMark(mark("a"));
    await store.settleMarks(["a"], 0);
    await store.addMark(mark("b"));
    service.isRevoked = true;
    await sync.beat();
    expect(revoked).toBe(1);
    expect((await store.entries()).map(({ seq, outcome }) => [seq, outcome.verdict.name, outcome.verdict.choices])).toEqual([[2, undefined, undefined]]);
    expect((await store.marks()).map(({ nonce }) => nonce)).toEqual(["b"]);
  });
});

describe("the clock", () => {
  let passed = 0;
  const clock = () => new Connection(() => now, () => passed);

  it("is known after a restart without network, and does not run back", () => {
    const one = clock();
    one.recall({ ms: 3600_000, at: NOW - 60_000 });
    expect(one.now()).toBe(NOW + 3600_000);
    now = 0;
    const reset = clock();
    reset.recall({ ms: 5000, at: NOW });
    expect(reset.now()).toBe(NOW + 5000);
  });

  it("is followed when it is set back, and when it is put right; one that slept is believed", () => {
    const one = clock();
    const step = (set: number): number => {
      [now, passed] = [now + 1000 + set, passed + 1000];
      one.noticeSetClock();
      return one.offset.value;
    };
    expect([step(0), step(-3600_000), step(0)]).toEqual([0, 3600_000, 3600_000]);
    expect(step(3 * 3600_000)).toBe(3600_000);
    expect(step(3600_000)).toBe(0);
    expect([step(1500), step(8 * 3600_000)]).toEqual([0, 0]);
  });

  it("set back leaves no answer on the screen for hours", () => {
    vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
    const patience = new Patience();
    patience.wait(4, ["a"]);
    vi.setSystemTime(NOW - 3 * 3600_000);
    patience.look();
    vi.setSystemTime(NOW - 3 * 3600_000 + 3900);
    patience.look();
    expect(patience.takeEnded()).toBe(null);
    vi.setSystemTime(NOW - 3 * 3600_000 + 4100);
    patience.look();
    expect(patience.takeEnded()?.ids).toEqual(["a"]);
  });
});

describe("the rounds", () => {
  it("go on when one of them fails", async () => {
    vi.useFakeTimers();
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.stubGlobal("addEventListener", () => undefined);
    let beats = 0;
    const nothing = async (): Promise<void> => undefined;
    const keepInStep = async (): Promise<void> => {
      beats += 1;
      throw new DOMException("full", "QuotaExceededError");
    };
    keepTime({ second: () => undefined, thinkAgain: () => undefined, keepInStep, fetchList: nothing, forgetWhenAbandoned: nothing, measure: nothing, look: nothing }, connection);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(beats).toBe(4);
  });
});

describe("numbers tried at random", () => {
  it("wait for a minute after five that nobody has, also after a reload; passes do not", async () => {
    vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
    const wrong = new Wrong(store);
    await wrong.start();
    for (let tries = 0; tries < 5; tries++) {
      expect(wrong.mayTry("12345671")).toBe(true);
      wrong.learn("number-unknown");
      wrong.learn("welcome");
    }
    expect([wrong.mayTry("１２３４５６７１"), wrong.mayTry(`P1${"A".repeat(143)}`)]).toEqual([false, true]);
    const again = new Wrong(store);
    await again.start();
    expect(again.mayTry("12345671")).toBe(false);
    vi.setSystemTime(NOW + 60_001);
    expect(again.mayTry("12345671")).toBe(true);
    again.learn("number-unknown");
    expect(again.mayTry("12345671")).toBe(false);
    vi.setSystemTime(NOW + 12 * 60_000);
    again.learn("number-unknown");
    expect(again.mayTry("12345671")).toBe(true);
    vi.setSystemTime(0);
    expect(again.mayTry("12345671")).toBe(true);
  });
});
