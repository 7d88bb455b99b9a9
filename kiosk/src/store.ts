/** What the device keeps: the queue of scans, the day list, the last live figures, the token. Every write of a scan is committed strictly before anybody is answered. */
import { openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";
import type { CameraChoice } from "./camera";
import type { KnownOffset } from "./connection";
import type { Fault } from "./faults";
import type { Tries } from "./pin";
import type { DayList, HeartbeatAnswer, OpenVisit, Outcome, Scan, Told } from "./protocol";
import type { KeptMark, Mark } from "./roll";
import type { WrongCodes } from "./wrong";

/** A scan in the queue with what this kiosk thought of it. `visit` is where the person was before. */
export interface Entry {
  seq: number;
  scan: Scan;
  person: string | null;
  facilities: string[];
  visit: OpenVisit | null;
  outcome: Outcome;
  state: "waiting" | "sent" | "parked";
}

/** What staff set on this device. `isLow`: the buttons stay in the lower half. */
export interface DeviceSettings {
  camera: CameraChoice | "none" | null;
  isLow: boolean;
  sound: number;
  voice: number;
}

/** What the service saw differently from what this kiosk told somebody. */
export interface Difference {
  at: string;
  told: string;
  code: string;
}

export interface Kept {
  settings: DeviceSettings;
  tries: Tries;
  faults: Fault[];
  differences: Difference[];
  token: string;
  seq: number;
  etag: string;
  contact_at: number;
  offset: KnownOffset;
  wrong: WrongCodes;
  list: DayList;
  live: HeartbeatAnswer;
}

interface Schema extends DBSchema {
  queue: { key: number; value: Entry; indexes: { state: [string, number] } };
  kept: { key: string; value: unknown };
}

const ALL_SEQS = (state: Entry["state"]): IDBKeyRange => IDBKeyRange.bound([state, 0], [state, Number.MAX_SAFE_INTEGER]);
const MARK = "mark:";
const MARKS = (): IDBKeyRange => IDBKeyRange.bound(MARK, `${MARK}\uffff`);
const MOST_DIFFERENCES = 200;
const PRUNED_AT_ONCE = 500;
const STRICT = { durability: "strict" } as const;

export class Store {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  /** `lost` is called when the browser closes the store by itself: nothing can be written down from then on. */
  static async open(name = "kiosk", lost: () => void = () => undefined): Promise<Store> {
    const db = await openDB<Schema>(name, 1, {
      terminated: lost,
      upgrade(created) {
        created.createObjectStore("queue", { keyPath: "seq" }).createIndex("state", ["state", "seq"], { unique: true });
        created.createObjectStore("kept");
      },
    });
    return new Store(db);
  }

  /** Give a scan its number and commit it; nothing may be shown before this is done. */
  async add(make: (seq: number) => Entry): Promise<Entry> {
    const work = this.db.transaction(["queue", "kept"], "readwrite", STRICT);
    return whole(work, async () => {
      const seq = (((await work.objectStore("kept").get("seq")) as number | undefined) ?? 0) + 1;
      const entry = make(seq);
      await work.objectStore("kept").put(seq, "seq");
      await work.objectStore("queue").put(entry);
      return entry;
    });
  }

  /** Commit what the person is told by this kiosk alone; an answer of the service that came first wins. */
  async tell(seq: number, told: Told): Promise<Entry | undefined> {
    return this.change(seq, (entry) => {
      if (entry.state === "waiting") entry.scan = { ...entry.scan, offline: true, told };
    });
  }

  /** Mark scans as answered by the service. A copy sent without `told` does not settle one that has it since. */
  async settle(answered: { sent: Scan; outcome: Outcome }[]): Promise<Entry[]> {
    const work = this.db.transaction("queue", "readwrite", STRICT);
    return whole(work, async () => {
      const settled: Entry[] = [];
      const kept = await Promise.all(answered.map(({ sent }) => work.store.get(sent.seq)));
      for (const [index, { sent, outcome }] of answered.entries()) {
        const entry = kept[index];
        if (entry === undefined || entry.scan.nonce !== sent.nonce || (entry.scan.told !== undefined && sent.told === undefined)) continue;
        const { token: _token, number: _number, ...rest } = entry.scan;
        Object.assign(entry, { state: "sent", outcome, scan: rest });
        work.store.put(entry).catch(() => undefined);
        settled.push(entry);
      }
      return settled;
    });
  }

  /** Set aside a scan that the service refuses to read; it stays for staff. */
  async park(seq: number): Promise<Entry | undefined> {
    return this.change(seq, (entry) => {
      entry.state = "parked";
    });
  }

  private async change(seq: number, edit: (entry: Entry) => void): Promise<Entry | undefined> {
    const work = this.db.transaction("queue", "readwrite", STRICT);
    return whole(work, async () => {
      const entry = await work.store.get(seq);
      if (entry !== undefined) {
        edit(entry);
        await work.store.put(entry);
      }
      return entry;
    });
  }

  async waiting(limit: number): Promise<Entry[]> {
    return this.db.getAllFromIndex("queue", "state", ALL_SEQS("waiting"), limit);
  }

  /** What was set aside is tried again: the service may have been mended since. */
  async retryParked(): Promise<void> {
    const work = this.db.transaction("queue", "readwrite", STRICT);
    await whole(work, async () => {
      for (const entry of await work.store.index("state").getAll(ALL_SEQS("parked"))) await work.store.put({ ...entry, state: "waiting" });
    });
  }

  async count(state: Entry["state"]): Promise<number> {
    return this.db.countFromIndex("queue", "state", ALL_SEQS(state));
  }

  async entries(): Promise<Entry[]> {
    return this.db.getAll("queue");
  }

  async parked(): Promise<Entry[]> {
    return this.db.getAllFromIndex("queue", "state", ALL_SEQS("parked"));
  }

  /** Commit a tick of the roll call before it is shown. Ticks live beside the kept values: an older build opens the same store. */
  async addMark(mark: Mark): Promise<KeptMark> {
    const work = this.db.transaction("kept", "readwrite", STRICT);
    return whole(work, async () => {
      const order = (((await work.store.get("marks")) as number | undefined) ?? 0) + 1;
      const kept: KeptMark = { ...mark, order, isSent: false };
      await work.store.put(order, "marks");
      await work.store.put(kept, MARK + mark.nonce);
      return kept;
    });
  }

  /** The ticks on this device, in the order they were made. */
  async marks(): Promise<KeptMark[]> {
    const found = (await this.db.getAll("kept", MARKS())) as KeptMark[];
    return found.sort((a, b) => a.order - b.order);
  }

  /** Mark ticks as taken by the service, and forget those made before a moment. */
  async settleMarks(nonces: string[], before: number): Promise<void> {
    const work = this.db.transaction("kept", "readwrite", STRICT);
    for (const mark of (await work.store.getAll(MARKS())) as KeptMark[]) {
      const isSent = mark.isSent || nonces.includes(mark.nonce);
      if (isSent && Date.parse(mark.marked_at) < before) await work.store.delete(MARK + mark.nonce);
      else if (isSent !== mark.isSent) await work.store.put({ ...mark, isSent }, MARK + mark.nonce);
    }
    await work.done;
  }

  async noteDifferences(found: Difference[]): Promise<void> {
    if (!found.length) return;
    const before = (await this.get("differences")) ?? [];
    await this.put("differences", [...found, ...before].slice(0, MOST_DIFFERENCES));
  }

  /** Forget answered scans up to a number that happened before a moment: a part at a time, so that a new scan waits for none but its own. */
  async prune(upTo: number, before: number): Promise<void> {
    for (let first = 0; ;) {
      const part = await this.db.getAllFromIndex("queue", "state", IDBKeyRange.bound(["sent", first], ["sent", upTo]), PRUNED_AT_ONCE);
      const work = this.db.transaction("queue", "readwrite");
      for (const { seq, outcome } of part) if (Date.parse(outcome.happened_at) < before) void work.store.delete(seq);
      await work.done;
      const last = part.at(-1);
      if (last === undefined || part.length < PRUNED_AT_ONCE) return;
      first = last.seq + 1;
    }
  }

  async get<K extends keyof Kept>(key: K): Promise<Kept[K] | undefined> {
    return (await this.db.get("kept", key)) as Kept[K] | undefined;
  }

  async put<K extends keyof Kept>(key: K, value: Kept[K]): Promise<void> {
    await this.db.put("kept", value, key);
  }

  async putList(list: DayList, etag: string): Promise<void> {
    const work = this.db.transaction("kept", "readwrite");
    await whole(work, async () => {
      await work.store.put(list, "list");
      await work.store.put(etag, "etag");
    });
  }

  /** Forget everybody on the list; with the token also what makes this device a kiosk. What was not sent stays, without names, and the numbering. */
  async forget(what: "list" | "all"): Promise<void> {
    const work = this.db.transaction(["kept", "queue"], "readwrite", STRICT);
    const [kept, queue] = [work.objectStore("kept"), work.objectStore("queue")];
    await whole(work, async () => {
      for (const key of ["list", "live", "etag", ...(what === "all" ? ["token"] : [])]) await kept.delete(key);
      for (const mark of (await kept.getAll(MARKS())) as KeptMark[]) if (mark.isSent) await kept.delete(MARK + mark.nonce);
      for (const entry of await queue.getAll()) await (entry.state === "sent" ? queue.delete(entry.seq) : queue.put(nameless(entry)));
    });
  }

  close(): void {
    this.db.close();
  }
}

function nameless(entry: Entry): Entry {
  const { name: _name, choices: _choices, ...verdict } = entry.outcome.verdict;
  return { ...entry, outcome: { ...entry.outcome, verdict } };
}

/** All of it is committed or nothing: a write that fails at once would leave what was written before it, and a number would be missing for ever. What fails later ends the whole by itself. */
async function whole<T>(work: { done: Promise<void>; abort(): void }, write: () => Promise<T>): Promise<T> {
  try {
    const written = await write();
    await work.done;
    return written;
  } catch (error) {
    work.done.catch(() => undefined);
    try {
      work.abort();
    } catch {
      // It has ended by itself.
    }
    throw error;
  }
}
