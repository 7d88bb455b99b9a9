/** How often a staff PIN may be tried: five wrong ones make it wait, each further one twice as long. Pure. */

const FREE_TRIES = 5;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3600_000;

export interface Tries {
  wrong: number;
  until: number;
}

export const NO_TRIES: Tries = { wrong: 0, until: 0 };

export function afterWrong(tries: Tries, now: number): Tries {
  const wrong = tries.wrong + 1;
  const wait = wrong < FREE_TRIES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (wrong - FREE_TRIES), LONGEST_WAIT_MS);
  return { wrong, until: wait ? now + wait : 0 };
}

/** How long until the next try, in milliseconds; never longer than the longest, whatever the clock was set to. */
export function waitOf(tries: Tries, now: number): number {
  return Math.min(Math.max(tries.until - now, 0), LONGEST_WAIT_MS);
}
