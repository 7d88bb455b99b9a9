/** When something broke: note it, and start again by itself. The queue is in the store and loses nothing. */

export interface Crash {
  at: number;
  what: string;
}

const NOTED = "kiosk-crashes";
const KEPT = 20;
const LATELY_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

/** How long to pause before starting again: longer when it happens again and again. */
export function pauseAfter(crashes: Crash[], now: number): number {
  const lately = crashes.filter((one) => now - one.at < LATELY_MS).length;
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(lately - 1, 0), LONGEST_PAUSE_MS);
}

/** Kind and place of an error, without its message: a message may name somebody. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = /([\w.-]+\.(?:js|ts|tsx):\d+(?::\d+)?)/.exec(error.stack ?? "")?.[1];
  return place === undefined ? error.name : `${error.name} ${place}`;
}

export function crashes(kept: Pick<Storage, "getItem"> = localStorage): Crash[] {
  try {
    const found: unknown = JSON.parse(kept.getItem(NOTED) ?? "[]");
    return Array.isArray(found) ? (found as Crash[]).filter((one) => typeof one?.at === "number" && typeof one.what === "string") : [];
  } catch {
    return [];
  }
}

/** Write a crash down at once: the store may be what broke. */
export function note(error: unknown, now: number, kept: Pick<Storage, "getItem" | "setItem"> = localStorage): Crash[] {
  const all = [{ at: now, what: describe(error) }, ...crashes(kept)].slice(0, KEPT);
  try {
    kept.setItem(NOTED, JSON.stringify(all));
  } catch {
    // A device that is full starts again all the same.
  }
  return all;
}

let isGoing = false;

/** Note the crash and start again, once. */
export function restartAfter(error: unknown): void {
  console.error(error);
  if (isGoing) return;
  isGoing = true;
  setTimeout(() => location.reload(), pauseAfter(note(error, Date.now()), Date.now()));
}
