/** How long a screen stays as it is: until when it waits, since when nobody touched it, and that it may be made new then. */
import { signal } from "@preact/signals";
import type { Ends, Screen } from "./screen";

const THINKING_SECONDS = 30;
/** What somebody chose for themselves is forgotten when the screen was left alone this long. */
const LEFT_ALONE_MS = 60_000;
const QUIET_BEFORE_UPDATE_MS = 5_000;

export class Patience {
  readonly ends = signal<Ends | null>(null);
  readonly tick = signal(Date.now());
  private touchedAt = Date.now();

  /** Look at the clock. Where it was set back, what waits goes on waiting no longer than it was given. */
  look(): number {
    const now = Date.now();
    const back = Math.max(this.tick.value - now, 0);
    if (back && this.ends.value !== null) this.ends.value = { ...this.ends.value, at: this.ends.value.at - back };
    this.touchedAt -= back;
    this.tick.value = now;
    return now;
  }

  touched(): void {
    this.touchedAt = Date.now();
  }

  wait(seconds: number, ids: string[] = []): void {
    this.ends.value = { at: Date.now() + seconds * 1000, seconds, ids };
  }

  /** As long as somebody needs who reads or chooses. */
  think(screens = 1): void {
    this.wait(screens * THINKING_SECONDS);
  }

  /** More time, and also more than a question gives by itself. */
  waitMore(): void {
    const ends = this.ends.value;
    if (ends !== null) this.wait(Math.max(ends.seconds, THINKING_SECONDS), ends.ids);
  }

  stop(): void {
    this.ends.value = null;
  }

  /** What ends now, once. */
  takeEnded(): Ends | null {
    const ends = this.ends.value;
    if (ends === null || this.tick.value < ends.at) return null;
    this.ends.value = null;
    return ends;
  }

  get isLeftAlone(): boolean {
    return this.tick.value - this.touchedAt > LEFT_ALONE_MS;
  }

  /** Whether nobody stands at the kiosk: nobody is told anything, and nobody just touched it. */
  isQuiet(screen: Screen): boolean {
    if (screen.is === "idle") return screen.chosen === null && this.tick.value - this.touchedAt > QUIET_BEFORE_UPDATE_MS;
    return screen.is === "pairing" && !screen.isBusy && this.isLeftAlone;
  }
}
