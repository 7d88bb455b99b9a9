/** Kiosk and service need not be of one age: what an older service answers is enough, what a newer one adds does no harm. */
import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../src/api";
import { Connection } from "../src/connection";
import { Door } from "../src/door";
import type { DayList, HeartbeatAnswer, Verdict } from "../src/protocol";
import { Store } from "../src/store";
import { Sync } from "../src/sync";
import { wordsOf } from "../src/words";

interface Recorded {
  at: string;
  list: DayList;
  live: HeartbeatAnswer;
  verdicts: Verdict[];
}
const recorded = JSON.parse(readFileSync(new URL("answers/0.1.0.json", import.meta.url), "utf8")) as Recorded;
const NOW = Date.parse(recorded.at);
let name = 0;
let store: Store;
afterEach(() => {
  store.close();
  vi.unstubAllGlobals();
});

/** Fields and values that no kiosk of today knows, in every object of an answer. */
function newer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(newer);
  if (typeof value !== "object" || value === null) return value;
  return { ...Object.fromEntries(Object.entries(value).map(([key, one]) => [key, newer(one)])), from_the_future: { is: ["here"] } };
}

async function kiosk(answers: Recorded): Promise<{ door: Door; sync: Sync; connection: Connection }> {
  store = await Store.open(`ages-${(name += 1)}`);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    if (url.endsWith("/day-list")) return Response.json(answers.list, { headers: { ETag: answers.live.day_list_etag } });
    if (url.endsWith("/heartbeat")) return Response.json(answers.live);
    const { scans } = JSON.parse(String(init.body)) as { scans: { nonce: string }[] };
    return Response.json({ verdicts: scans.map(({ nonce }) => ({ ...answers.verdicts[0], nonce })) });
  });
  const connection = new Connection(() => NOW);
  const door: Door = new Door(store, connection, () => sync);
  const sync = new Sync(store, createApi(() => "kt_test", () => "ja"), connection, {
    listChanged: (list) => door.learnList(list), liveChanged: (live) => door.learnLive(live), entriesChanged: (entries) => door.learnEntries(entries), revoked: () => undefined,
  }, () => ({ version: "test", camera: "ok", is_storage_persistent: true }));
  await sync.beat();
  return { door, sync, connection };
}

describe.each([["an older", recorded], ["a newer", newer(recorded) as Recorded]])("with %s service", (_, answers) => {
  it("the kiosk knows its door", async () => {
    const { door } = await kiosk(answers);
    expect(door.facts?.facilities["tsukurun-takasaki"]?.inside).toBe(25);
    expect(Object.keys(door.facts?.people ?? {}).length).toBe(recorded.list.members.length);
  });

  it("shows what the service says, and decides alone when it is gone", async () => {
    const { door, sync, connection } = await kiosk(answers);
    const number = recorded.list.members[1]?.number ?? "";
    expect(await door.show(number)).toMatchObject({ isOwn: false, verdict: { code: "welcome-walk-in" } });
    await sync.upload();
    connection.cut();
    expect(await door.show(recorded.list.members[2]?.number ?? "")).toMatchObject({ isOwn: true });
    expect(await store.count("waiting")).toBe(1);
  });
});

describe("with a newer service", () => {
  it("an answer of an unknown kind or code goes to the desk", async () => {
    const { door } = await kiosk({ ...recorded, verdicts: [{ nonce: "", verdict: "hold" as "ask", code: "hold-on" }] });
    const shown = await door.show(recorded.list.members[1]?.number ?? "");
    expect(shown?.verdict).toMatchObject({ verdict: "refused", code: "hold-on" });
    expect(wordsOf("en", shown?.verdict ?? { nonce: "", verdict: "refused", code: "" }, "", "Asia/Tokyo").headline).toBe("The staff are waiting for you");
  });
});
