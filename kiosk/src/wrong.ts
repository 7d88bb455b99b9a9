/** Numbers tried at random: after five that nobody has, numbers are not looked up for a minute, and again after each further one. Passes are signed and need no such care. */
import { signal } from "@preact/signals";
import { isMemberNumber } from "./damm";
import { isGroupCode } from "./groupcode";
import { normalise } from "./pass";
import type { Store } from "./store";

const FREE_TRIES = 5;
const WAIT_MS = 60_000;
const FORGIVEN_AFTER_MS = 10 * 60_000;
const WRONG = ["number-unknown", "group-unknown"];

export interface WrongCodes {
  times: number;
  last: number;
}

export class Wrong {
  /** Until when numbers wait. */
  readonly until = signal(0);
  private codes: WrongCodes = { times: 0, last: 0 };

  constructor(private readonly store: Store) {}

  async start(): Promise<void> {
    this.take((await this.store.get("wrong")) ?? this.codes);
  }

  /** How long numbers wait, in milliseconds; never longer than a minute, whatever the clock was set to. */
  get waits(): number {
    const left = this.until.value - Date.now();
    return left > WAIT_MS ? 0 : Math.max(left, 0);
  }

  /** Whether what was shown may be looked up now. Loading the page anew is no way round. */
  mayTry(text: string): boolean {
    return this.waits === 0 || !(isMemberNumber(normalise(text)) || isGroupCode(text));
  }

  /** Learn from an answer. */
  learn(code: string): void {
    if (!WRONG.includes(code)) return;
    const now = Date.now();
    const isLately = Math.abs(now - this.codes.last) < FORGIVEN_AFTER_MS;
    this.take({ times: isLately ? this.codes.times + 1 : 1, last: now });
    void this.store.put("wrong", this.codes).catch(console.error);
  }

  private take(codes: WrongCodes): void {
    this.codes = codes;
    this.until.value = codes.times < FREE_TRIES ? 0 : codes.last + WAIT_MS;
  }
}
