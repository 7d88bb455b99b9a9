/** Which of the codes in view is a scan. The same code held in view is one scan; of two, the one nearest the middle comes first. */
import { isOurs } from "./credential";

const GONE_AFTER_MS = 2500;
/** A poster on the wall behind is told once, not each time it comes out from behind a head. */
const FOREIGN_GONE_AFTER_MS = 20_000;
/** As long as the code before is still in view, its answer is read before the next one is taken. */
const ANSWER_MS = 2000;

/** A code in a frame, and how far its middle is from the middle of the frame. */
export interface Seen {
  text: string;
  off: number;
}

interface Taken {
  last: number;
  goneAfter: number;
}

export class Held {
  private taken = new Map<string, Taken>();
  private answeredAt = Number.NEGATIVE_INFINITY;

  /** The code to take from a frame, or null. Passes and numbers go before codes that are not ours, and those are told only when nothing of ours is there. */
  choose(seen: Seen[], at: number): string | null {
    for (const [text, { last, goneAfter }] of this.taken) if (at - last > goneAfter) this.taken.delete(text);
    for (const { text } of seen) {
      const known = this.taken.get(text);
      if (known !== undefined) known.last = at;
    }
    const fresh = seen.filter(({ text }) => !this.taken.has(text)).sort((a, b) => a.off - b.off);
    const isSomeHeld = seen.length > fresh.length || [...this.taken.values()].some(({ last }) => at - last <= GONE_AFTER_MS);
    const ours = fresh.find(({ text }) => isOurs(text));
    if (ours !== undefined) return isSomeHeld && at - this.answeredAt < ANSWER_MS ? null : this.take(ours.text, at, GONE_AFTER_MS);
    const foreign = fresh[0];
    return foreign === undefined || isSomeHeld ? null : this.take(foreign.text, at, FOREIGN_GONE_AFTER_MS);
  }

  private take(text: string, at: number, goneAfter: number): string {
    this.taken.set(text, { last: at, goneAfter });
    this.answeredAt = at;
    return text;
  }
}
