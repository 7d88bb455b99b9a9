import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Store } from "../src/store";
import type { Entry } from "../src/store";
import { NOW } from "./service";

let name = 0;
let store: Store;

const entry = (seq: number): Entry => ({
  seq,
  scan: { nonce: `n${seq}`, seq, scanned_at: new Date(NOW).toISOString(), clock_offset_ms: 0, direction: "auto", kind: "number", number: "00000000" },
  person: null, facilities: [], visit: null, state: "waiting",
  outcome: { verdict: { nonce: `n${seq}`, verdict: "welcome", code: "welcome" }, effects: [], happened_at: new Date(NOW).toISOString() },
});
const mark = (nonce: string) => ({ nonce, member_key: "mk", how: "safe" as const, marked_at: new Date(NOW).toISOString(), by_name: "" });

/** Writes to these fail at once, before the browser has begun them, as long as this lasts. */
function breaks(isHit: (where: IDBObjectStore, key: unknown) => boolean): void {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    if (isHit(this, key)) throw new DOMException("cannot be copied", "DataCloneError");
    return put.call(this, value, key);
  });
}

beforeEach(async () => { store = await Store.open(`store-${(name += 1)}`); });
afterEach(() => {
  vi.restoreAllMocks();
  store.close();
});

describe("a write that fails at once", () => {
  it("takes no number: the next scan gets the one that was not used", async () => {
    await store.add(entry);
    breaks((where) => where.name === "queue");
    await expect(store.add(entry)).rejects.toMatchObject({ name: "DataCloneError" });
    vi.restoreAllMocks();
    expect(await store.get("seq")).toBe(1);
    expect((await store.add(entry)).seq).toBe(2);
    expect((await store.entries()).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it("takes no number when the scan itself cannot be made", async () => {
    await expect(store.add(() => { throw new Error("no scan"); })).rejects.toThrow("no scan");
    expect((await store.add(entry)).seq).toBe(1);
  });

  it("leaves no gap among the ticks of the roll call", async () => {
    breaks((_, key) => key === "mark:a");
    await expect(store.addMark(mark("a"))).rejects.toMatchObject({ name: "DataCloneError" });
    vi.restoreAllMocks();
    expect((await store.addMark(mark("b"))).order).toBe(1);
  });

  it("settles all of a batch or none of it", async () => {
    const kept = [await store.add(entry), await store.add(entry)];
    let writes = 0;
    breaks((where) => where.name === "queue" && (writes += 1) === 2);
    await expect(store.settle(kept.map(({ scan, outcome }) => ({ sent: scan, outcome })))).rejects.toMatchObject({ name: "DataCloneError" });
    vi.restoreAllMocks();
    expect((await store.waiting(10)).map(({ seq }) => seq)).toEqual([1, 2]);
  });
});
