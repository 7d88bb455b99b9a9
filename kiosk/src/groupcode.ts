/** A group's code of the day, typed or from its letter, found in the list by its digest; `booking/visits` reads it alike (`tests/vectors/group-code.json`). */
import { normalise } from "./pass";
import type { DayList, ListedGroup } from "./protocol";

const LETTER = /^G1(\d{4})(\d{2})(\d{2})(\d{4})$/;
const TYPED = /^\d{4}$/;

const compact = (shown: string): string => normalise(shown).replace(/\s/g, "");

/** Whether what was shown is the code of a letter, of whatever day. */
export const isLetter = (shown: string): boolean => LETTER.test(compact(shown));

/** Whether what was shown is meant as a group's code at all. */
export const isGroupCode = (shown: string): boolean => TYPED.test(compact(shown)) || isLetter(shown);

/** The four digits of a code that is for this day, or why there are none. */
export function readGroupCode(shown: string, on: string): { code: string; problem: null } | { code: null; problem: string } {
  const text = compact(shown);
  if (TYPED.test(text)) return { code: text, problem: null };
  const [, year, month, day, code] = LETTER.exec(text) ?? [];
  if (code === undefined) return { code: null, problem: "group-unknown" };
  return `${year}-${month}-${day}` === on ? { code, problem: null } : { code: null, problem: "group-not-today" };
}

/** What stands for a code in the list of one kiosk and day. */
export async function digestOf(kiosk: string, on: string, code: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`group:${kiosk}:${on}:${code}`));
  return btoa(String.fromCharCode(...new Uint8Array(digest))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The group of the list that a code names on a day. */
export async function findGroup(shown: string, list: DayList, on: string): Promise<{ group: ListedGroup | null; problem: string | null }> {
  const { code, problem } = readGroupCode(shown, on);
  if (code === null) return { group: null, problem };
  const digest = await digestOf(list.configuration.kiosk_id, on, code);
  const group = list.groups?.find((one) => one.on === on && one.code_digest === digest) ?? null;
  return { group, problem: group === null ? "group-unknown" : null };
}
