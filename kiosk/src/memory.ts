/** The scans this device remembers and the facts they make with the list and the live figures. A scan costs the same however many wait: all are thought through again only when something differs. */
import { instant } from "./answers";
import { dayAt } from "./days";
import { stateOf } from "./picture";
import type { DayList, HeartbeatAnswer, Outcome, State } from "./protocol";
import type { Entry } from "./store";

const KEPT_FOR_LOOKS_MS = 20 * 60_000;

export class Memory {
  list: DayList | null = null;
  private live: HeartbeatAnswer | null = null;
  private entries = new Map<number, Entry>();
  private readonly counts = { waiting: 0, sent: 0, parked: 0 };
  private state: State | null = null;
  private isStale = true;
  private thoughtAt = 0;
  private closesAt = Infinity;
  private day = "";
  private thoughts = 0;

  constructor(private readonly now: () => number) {}

  load(list: DayList | null, live: HeartbeatAnswer | null, entries: Entry[]): void {
    [this.list, this.live, this.isStale] = [list, live, true];
    for (const entry of [...this.entries.values()]) this.drop(entry);
    for (const entry of entries) this.put(entry);
  }

  learnList(list: DayList | null): void {
    [this.list, this.isStale] = [list, true];
  }

  learnLive(live: HeartbeatAnswer | null): void {
    [this.live, this.isStale] = [live, true];
    if (live === null) return;
    const before = this.now() - KEPT_FOR_LOOKS_MS;
    for (const entry of [...this.entries.values()]) {
      if (entry.seq <= live.last_seq && entry.state === "sent" && instant(entry.outcome.happened_at) < before) this.drop(entry);
    }
  }

  /** Take what the store says of a scan now. An answer that says the same as this kiosk changes no facts. */
  learnEntry(entry: Entry): void {
    const before = this.entries.get(entry.seq);
    if (before === undefined || !saysSame(before.outcome, entry.outcome)) this.forgetFacts();
    this.put(entry);
  }

  /** Take what one scan changed; call what is returned with the scan once it is written down. */
  decide(after: State): (entry: Entry) => void {
    this.state = after;
    const thoughts = this.thoughts;
    return (entry) => {
      if (this.thoughts !== thoughts) this.forgetFacts();
      this.put(entry);
    };
  }

  /** Think everything through again at the next look. */
  forgetFacts(): void {
    this.isStale = true;
  }

  count(state: Entry["state"]): number {
    return this.counts[state];
  }

  /** The facts now. Time alone changes them only when a facility closes and when a day begins. */
  get facts(): State | null {
    const now = this.now();
    const day = this.list === null ? "" : dayAt(now, this.list.configuration.timezone);
    if (!this.isStale && this.thoughtAt <= now && now < this.closesAt && day === this.day) return this.state;
    const entries = [...this.entries.values()].sort((a, b) => a.seq - b.seq);
    this.state = this.list === null ? null : unanswered(stateOf(this.list, this.live, entries, now));
    [this.isStale, this.thoughtAt, this.closesAt, this.day] = [false, now, this.closingAfter(now), day];
    this.thoughts += 1;
    return this.state;
  }

  private closingAfter(now: number): number {
    const spans = (this.list?.facilities ?? []).flatMap((one) => one.days.flatMap((day) => day.open));
    const ends = [...spans.map((span) => span.closes_at), ...(this.live?.inside ?? []).flatMap((visit) => visit.until ?? [])];
    return ends.map(instant).reduce((next, end) => (end > now && end < next ? end : next), Infinity);
  }

  private put(entry: Entry): void {
    const before = this.entries.get(entry.seq);
    if (before !== undefined) this.counts[before.state] -= 1;
    this.counts[entry.state] += 1;
    this.entries.set(entry.seq, entry);
  }

  private drop(entry: Entry): void {
    this.counts[entry.state] -= 1;
    this.entries.delete(entry.seq);
  }
}

/** Every scan of this kiosk has a new nonce: the answers of days offline need not be copied with each. */
export const unanswered = (state: State): State => ({ ...state, answered: {} });

/** Whether two outcomes of one scan leave the same facts behind. */
function saysSame(one: Outcome, other: Outcome): boolean {
  const [a, b] = [one, other].map(({ verdict: said, effects, happened_at }) =>
    JSON.stringify([said.verdict, said.code, said.facility ?? null, said.session ?? null, said.minutes ?? null, happened_at, effects]));
  return a === b;
}
