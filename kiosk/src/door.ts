/** One scan, from what was shown to what is said: decide, commit, then answer. `docs/kiosk-protocol.md` tells whose answer is shown. */
import type { Connection } from "./connection";
import { credentialOf } from "./credential";
import { dayAt } from "./days";
import type { Credential, Heads } from "./credential";
import { Memory, unanswered } from "./memory";
import { admitStranger, lookUp } from "./picture";
import type { DayList, HeartbeatAnswer, Reading, Scan, State, Verdict } from "./protocol";
import { isDayList, isHeartbeatAnswer } from "./sound";
import type { Entry, Store } from "./store";
import type { Sync } from "./sync";
import { copy, personKeyOf, verdict } from "./verdict";

/** What was chosen before the scan, or in answer to it. */
export type Chosen = Pick<Scan, "answers" | "member_key" | "session_id" | "facility" | "heads" | "members" | "party" | "direction">;

export interface Shown {
  verdict: Verdict;
  /** What to scan again with an answer. */
  credential: Credential | Heads;
  isOwn: boolean;
}

export class Door {
  private readonly memory: Memory;
  private waiters = new Map<number, (entry: Entry) => void>();

  constructor(
    private readonly store: Store,
    private readonly connection: Connection,
    private readonly sync: () => Pick<Sync, "upload">,
  ) {
    this.memory = new Memory(() => connection.now());
  }

  /** Begin with what the device kept. What an older build kept in another form is fetched anew. */
  async load(): Promise<DayList | null> {
    const [list, live] = [await this.store.get("list"), await this.store.get("live")];
    this.memory.load(isDayList(list) ? list : null, isHeartbeatAnswer(live) ? live : null, await this.store.entries());
    return this.memory.list;
  }

  learnList(list: DayList | null): void {
    this.memory.learnList(list);
  }

  learnLive(live: HeartbeatAnswer | null): void {
    this.memory.learnLive(live);
  }

  learnEntries(entries: Entry[]): void {
    for (const entry of entries) {
      this.memory.learnEntry(entry);
      this.waiters.get(entry.seq)?.(entry);
    }
  }

  /** How many scans are in a state. The store itself counts by reading every one of them: too slow for each scan of a long outage. */
  count(state: Entry["state"]): number {
    return this.memory.count(state);
  }

  /** The facts now. */
  get facts(): State | null {
    return this.memory.facts;
  }

  private get list(): DayList | null {
    return this.memory.list;
  }

  /** Take what a camera, a scanner or somebody's fingers showed. */
  async show(text: string, chosen: Chosen = {}): Promise<Shown | null> {
    if (this.list === null) return null;
    const credential = await credentialOf(text, this.list, dayAt(this.connection.now(), this.list.configuration.timezone));
    return this.take(credential, credential.kind === "group" ? {} : chosen);
  }

  /** Take a credential, also one shown before and now with an answer. */
  async take(credential: Credential | Heads, chosen: Chosen = {}): Promise<Shown | null> {
    const facts = this.facts;
    if (this.list === null || facts === null) return null;
    const entry = await this.commit(credential, chosen, this.list, facts);
    if (entry.scan.told !== undefined) return { verdict: entry.outcome.verdict, credential, isOwn: true };
    const answered = await this.answerOf(entry, this.sync().upload());
    return { verdict: answered.outcome.verdict, credential, isOwn: answered.state !== "sent" };
  }

  /** Decide and write down, before anything is shown. When the device is full, what was answered makes room. */
  private async commit(credential: Credential | Heads, chosen: Chosen, list: DayList, facts: State): Promise<Entry> {
    const state = copy(facts);
    const found = credential.kind === "heads" ? { facilities: list.configuration.facilities } : lookUp(credential, list);
    admitStranger(state, found.holder ?? null);
    const reading: Reading = { ...found, subject: chosen.member_key ?? null, scan: this.scan(credential, chosen, list) };
    const [outcome, after] = verdict(reading, state);
    const person = personKeyOf(reading);
    const visit = person === null ? null : (state.people[person]?.visit ?? null);
    const told = { verdict: outcome.verdict.verdict, code: outcome.verdict.code };
    const written = this.memory.decide(unanswered(after));
    const make = (seq: number): Entry => ({
      seq,
      scan: { ...reading.scan, seq, ...(this.connection.isOffline ? { offline: true, told } : {}) },
      person, visit, outcome, facilities: reading.facilities, state: "waiting",
    });
    const entry = await this.write(() => this.store.add(make));
    written(entry);
    return entry;
  }

  /** Write something; on a device that is full, what was answered makes room. */
  private async write<T>(once: () => Promise<T>): Promise<T> {
    try {
      return await once();
    } catch {
      this.memory.forgetFacts();
      await this.store.prune(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      return once();
    }
  }

  private scan(credential: Credential | Heads, chosen: Chosen, list: DayList): Scan {
    return {
      nonce: crypto.randomUUID(),
      seq: 0,
      scanned_at: new Date(this.connection.deviceTime()).toISOString(),
      clock_offset_ms: this.connection.offset.value,
      direction: list.configuration.direction,
      ...shownBy(credential),
      ...chosen,
    };
  }

  /** Wait a little for the service; then commit that this kiosk answers alone. */
  private async answerOf(entry: Entry, upload: Promise<void>): Promise<Entry> {
    const answered = new Promise<Entry>((resolve) => this.waiters.set(entry.seq, resolve));
    const gaveUp = Promise.race([upload.catch(() => undefined), pause(this.list?.configuration.answer_wait_ms ?? 250)]).then(() => null);
    try {
      return (await Promise.race([answered, gaveUp])) ?? (await this.tellAlone(entry));
    } finally {
      this.waiters.delete(entry.seq);
    }
  }

  private async tellAlone(entry: Entry): Promise<Entry> {
    const { verdict: said, code } = entry.outcome.verdict;
    const told = (await this.write(() => this.store.tell(entry.seq, { verdict: said, code }))) ?? entry;
    this.memory.learnEntry(told);
    if (told.state === "waiting") void this.sync().upload();
    return told;
  }
}

/** What a scan says of the credential. */
function shownBy(credential: Credential | Heads): Pick<Scan, "kind" | "direction" | "token" | "number" | "heads" | "heads_of" | "party" | "facility" | "door_code"> {
  if (credential.kind === "pass") return { kind: "pass", token: credential.token };
  if (credential.kind === "number") return { kind: "number", number: credential.number };
  if (credential.kind === "group") return { kind: "heads", heads_of: "group", door_code: credential.door_code };
  const { party, ...counted } = credential;
  return { ...counted, ...(party ? { party } : {}) };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
