/** The same code held in view is one scan. */

const GONE_AFTER_MS = 2500;

export class Held {
  private seen = new Map<string, number>();

  /** Whether a code that is in view now was not in view just before. */
  isNew(code: string, at: number): boolean {
    for (const [other, last] of this.seen) if (at - last > GONE_AFTER_MS) this.seen.delete(other);
    const isNew = !this.seen.has(code);
    this.seen.set(code, at);
    return isNew;
  }
}
