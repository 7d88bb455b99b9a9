/** Whether the service answers, since when not, and how far this device's clock is off. */
import { signal } from "@preact/signals";
import { CLOCK_TOLERANCE_MS } from "./verdict";

const FAILURES_TO_BE_OFFLINE = 2;
const MEASUREMENTS = 10;
const JUMP_MS = 1000;
/** So near to right comes a clock that was put right. */
const PUT_RIGHT_MS = 5000;

/** What was known of the device's clock at a moment of it, for after a restart without network. */
export interface KnownOffset {
  ms: number;
  at: number;
}

export class Connection {
  /** When the service stopped answering, or null. */
  readonly offlineSince = signal<number | null>(null);
  /** Service time minus device time, in milliseconds. */
  readonly offset = signal(0);
  private failures = 0;
  private measured: { offset: number; roundTrip: number }[] = [];

  /** The device's clock less what passed, which nobody sets. */
  private began: number;

  constructor(private readonly clock: () => number = Date.now, private readonly passed: () => number = () => performance.now()) {
    this.began = clock() - passed();
  }

  /** The time of the service, as far as it is known. */
  now(): number {
    return this.clock() + this.offset.value;
  }

  deviceTime(): number {
    return this.clock();
  }

  get isOffline(): boolean {
    return this.offlineSince.value !== null;
  }

  /** Whether the last attempt failed. */
  get isDoubtful(): boolean {
    return this.failures > 0 || this.isOffline;
  }

  get isClockWrong(): boolean {
    return Math.abs(this.offset.value) > CLOCK_TOLERANCE_MS;
  }

  succeeded(): void {
    this.failures = 0;
    this.offlineSince.value = null;
  }

  failed(): void {
    this.failures += 1;
    if (this.failures >= FAILURES_TO_BE_OFFLINE) this.cut();
  }

  /** The device itself says that there is no network. */
  cut(): void {
    this.offlineSince.value ??= this.now();
  }

  /** What is known of the clock now. */
  known(): KnownOffset {
    return { ms: this.offset.value, at: this.clock() };
  }

  /** Go on by what was known before a restart. Time does not run back: a clock that does has lost it. */
  recall({ ms, at }: KnownOffset): void {
    this.offset.value = ms + Math.max(0, at - this.clock());
  }

  /** Look whether the clock was set meanwhile. One that went ahead may only have slept, unless it was wrong and is right now. */
  noticeSetClock(): void {
    const jump = Math.round(this.clock() - this.passed() - this.began);
    if (Math.abs(jump) < JUMP_MS) return;
    this.began += jump;
    if (jump > 0 && !(this.isClockWrong && Math.abs(this.offset.value - jump) < PUT_RIGHT_MS)) return;
    this.measured = [];
    this.offset.value -= jump;
  }

  /** Learn the offset from one exchange; the one with the shortest way of the last ten is believed, unless the clock was set. */
  measure(serverTime: string, sent: number, received: number): void {
    const offset = Math.round(Date.parse(serverTime) - (sent + received) / 2);
    const roundTrip = received - sent;
    const [last] = this.measured;
    if (last !== undefined && Math.abs(last.offset - offset) > Math.max(last.roundTrip, roundTrip) + 1000) this.measured = [];
    this.measured = [{ offset, roundTrip }, ...this.measured].slice(0, MEASUREMENTS);
    this.offset.value = this.measured.reduce((best, one) => (one.roundTrip < best.roundTrip ? one : best)).offset;
  }
}
