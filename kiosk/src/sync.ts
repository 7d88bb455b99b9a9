/** Keeping in step with the service: scans up, exactly once and in order; day list and live figures down. */
import { Refused, Unreachable } from "./api";
import type { Api } from "./api";
import type { Connection } from "./connection";
import { settledBy } from "./outcome";
import type { DayList, Heartbeat, HeartbeatAnswer, Scan, Verdict } from "./protocol";
import type { KeptMark } from "./roll";
import { isDayList } from "./sound";
import type { Difference, Entry, Store } from "./store";

const BATCH = 500;
/** A scan over which the service broke so often, while it was there, is set aside: those after it are not kept waiting. */
const BROKEN_TRIES = 5;
const REVOKED = "kiosk-revoked";
/** The service could not read what it was sent; any other refusal is not about the scan. */
const UNREADABLE = "malformed-request";
const KEEP_ANSWERED_MS = 20 * 60_000;
const KEEP_MARKS_MS = 24 * 3600_000;
const MARKS_AT_ONCE = 100;
const KEEP_WITHOUT_CONTACT_MS = 14 * 24 * 3600_000;

/** What the rest of the kiosk wants to hear. */
export interface Listener {
  listChanged(list: DayList): void;
  liveChanged(live: HeartbeatAnswer): void;
  entriesChanged(entries: Entry[]): void;
  revoked(): void;
}

export type About = Pick<Heartbeat, "version" | "camera" | "is_storage_persistent" | "storage_used_mb" | "storage_quota_mb" | "faults">;

export class Sync {
  /** Whether scans are under way to the service now. */
  isSending = false;
  /** On a slow line fewer at once get through. */
  private batch = BATCH;
  private broken = { seq: 0, times: 0 };

  constructor(
    private readonly store: Store,
    private readonly api: Api,
    private readonly connection: Connection,
    private readonly listener: Listener,
    private readonly about: () => About,
  ) {}

  /** Send what waits, in order, one tab at a time. Resolves when nothing waits any more or the service is out of reach. */
  async upload(): Promise<void> {
    await exclusively("kiosk-upload", async () => {
      for (;;) {
        const entries = await this.store.waiting(this.batch);
        this.isSending = entries.length > 0;
        try {
          if (!entries.length || !(await this.reach(() => this.sendAsFits(entries)))) return;
        } finally {
          this.isSending = false;
        }
      }
    });
  }

  private async sendAsFits(entries: Entry[]): Promise<void> {
    try {
      await this.send(entries);
    } catch (error) {
      if (error instanceof Unreachable) await this.sendFewer(entries, error);
      throw error;
    }
    this.batch = Math.min(2 * this.batch, BATCH);
  }

  /** What does not get through is tried again in halves, and what breaks the service by itself is set aside at last. */
  private async sendFewer(entries: Entry[], { isBroken }: Unreachable): Promise<void> {
    this.batch = Math.max(Math.floor(entries.length / 2), 1);
    const [first] = entries;
    if (!isBroken || first === undefined || entries.length > 1) return;
    this.broken = { seq: first.seq, times: this.broken.seq === first.seq ? this.broken.times + 1 : 1 };
    if (this.broken.times >= BROKEN_TRIES) await this.park(first.seq);
  }

  private async send(entries: Entry[]): Promise<void> {
    const scans = entries.map((entry) => entry.scan);
    try {
      await this.take(entries, scans, await this.api.scans(scans));
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== UNREADABLE) throw error;
      const [only, ...others] = entries;
      if (only !== undefined && !others.length) await this.park(only.seq);
      else for (const entry of entries) await this.send([entry]);
    }
  }

  private async take(entries: Entry[], scans: Scan[], verdicts: Verdict[]): Promise<void> {
    const byNonce = new Map(verdicts.map((one) => [one.nonce, one]));
    const answered = entries.map((entry, index) => {
      const verdict = byNonce.get(entry.scan.nonce);
      const sent = scans[index];
      if (verdict === undefined || sent === undefined) throw new Unreachable("a verdict is missing");
      return { sent, outcome: settledBy(entry, verdict) };
    });
    const settled = await this.store.settle(answered);
    this.listener.entriesChanged(settled);
    await keep(() => this.store.noteDifferences(settled.flatMap(differenceOf)));
  }

  private async park(seq: number): Promise<void> {
    const entry = await this.store.park(seq);
    if (entry !== undefined) this.listener.entriesChanged([entry]);
  }

  /** Send the ticks of the roll call that wait, in order; one that the service does not take holds up no other. Without that door they wait. */
  async uploadMarks(): Promise<void> {
    await exclusively("kiosk-marks", async () => {
      const marks = (await this.store.marks()).filter((one) => !one.isSent).slice(0, MARKS_AT_ONCE);
      if (!marks.length) return;
      if (await this.reach(() => this.sendMarks(marks))) return;
      if (!this.connection.isDoubtful && marks.length > 1) for (const one of marks) await this.reach(() => this.sendMarks([one]));
    });
  }

  private async sendMarks(marks: KeptMark[]): Promise<void> {
    const said = marks.map(({ nonce, member_key, how, marked_at, by_name }) => ({ nonce, member_key, how, marked_at, by_name }));
    await this.store.settleMarks(await this.api.rollCall(said), this.connection.now() - KEEP_MARKS_MS);
  }

  /** A sign of life; brings who is inside and how the kiosk is to behave. */
  async beat(): Promise<void> {
    const [queue_length, parked, last_seq = 0, day_list_etag = ""] = await Promise.all([
      this.store.count("waiting"), this.store.count("parked"), this.store.get("seq"), this.store.get("etag"),
    ]);
    const sent = this.connection.deviceTime();
    const said: Heartbeat = {
      ...this.about(), kiosk_time: new Date(sent).toISOString(), clock_offset_ms: this.connection.offset.value, queue_length, parked, last_seq, day_list_etag,
    };
    await this.reach(async () => {
      const live = await this.api.heartbeat(said);
      this.connection.measure(live.server_time, sent, this.connection.deviceTime());
      await keep(() => this.store.put("live", live));
      await keep(() => this.store.put("offset", this.connection.known()));
      this.listener.liveChanged(live);
      await this.store.prune(live.last_seq, this.connection.now() - KEEP_ANSWERED_MS);
      if (live.day_list_etag !== day_list_etag) await this.fetchList();
    });
  }

  /** Fetch the day list if it changed. */
  async fetchList(): Promise<void> {
    await this.reach(async () => {
      const isKept = isDayList(await this.store.get("list"));
      const found = await this.api.dayList(isKept ? ((await this.store.get("etag")) ?? "") : "");
      if (found === null) return;
      await keep(() => this.store.putList(found.list, found.etag));
      this.listener.listChanged(found.list);
    });
  }

  /** Do something that needs the service; false when it did not answer. */
  private async reach(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Unreachable) this.connection.failed();
      else if (!(error instanceof Refused)) throw error;
      else if (error.code === REVOKED) await this.revoke();
      else this.connection.succeeded();
      return false;
    }
    this.connection.succeeded();
    await keep(() => this.store.put("contact_at", this.connection.now()));
    return true;
  }

  /** Nobody's data stays on a device that nobody has heard of for 14 days; whether that was so. */
  async forgetWhenAbandoned(): Promise<boolean> {
    const contact = await this.store.get("contact_at");
    if (contact === undefined || this.connection.now() - contact < KEEP_WITHOUT_CONTACT_MS) return false;
    await this.store.forget("list");
    return true;
  }

  private async revoke(): Promise<void> {
    await this.store.forget("all");
    this.listener.revoked();
  }
}

/** What staff count as a difference: the service flagged what this kiosk told. */
function differenceOf({ scan, outcome }: Entry): Difference[] {
  if (scan.told === undefined || !(outcome.verdict.flags ?? []).includes("disagreement")) return [];
  return [{ at: outcome.happened_at, told: scan.told.code, code: outcome.verdict.code }];
}

/** What is known can be told again: a device that is full goes on without keeping it. */
async function keep(write: () => Promise<void>): Promise<void> {
  await write().catch(console.error);
}

let chain: Promise<unknown> = Promise.resolve();

/** One at a time in the whole browser, or at least in this page where there are no locks. */
async function exclusively(name: string, work: () => Promise<void>): Promise<void> {
  if (navigator.locks !== undefined) {
    await navigator.locks.request(name, work);
    return;
  }
  const mine = chain.then(work);
  chain = mine.catch(() => undefined);
  await mine;
}
