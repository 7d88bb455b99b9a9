/** What was shown to the kiosk. */
import { isMemberNumber } from "./damm";
import { findGroup, isGroupCode, isLetter } from "./groupcode";
import { decode, normalise, readPass } from "./pass";
import type { ReadPass } from "./pass";
import type { DayList, Scan } from "./protocol";

const LONGEST = 300;

/** People counted by head, without a pass of their own. */
export interface Heads {
  kind: "heads";
  heads: number;
  heads_of: NonNullable<Scan["heads_of"]>;
  party: string;
  facility: string;
  direction: "in" | "out";
}

/** The code of the day of a group, and which group of the list that is. */
export interface GroupCode {
  kind: "group";
  door_code: string;
  group: string | null;
  problem: string | null;
}

export type Credential = { kind: "pass"; token: string; read: ReadPass } | { kind: "number"; number: string } | GroupCode;

/** Whether a code has the form of a pass, of a member number or of a group's letter, good or not. */
export const isOurs = (shown: string): boolean => isMemberNumber(normalise(shown)) || isLetter(shown) || decode(shown) !== null;

/** Read a code from a camera, a scanner or the keys, on a day: a member number or a group's code when it is one, or else a pass. */
export async function credentialOf(shown: string, list: DayList, on: string): Promise<Credential> {
  const text = normalise(shown);
  if (isMemberNumber(text)) return { kind: "number", number: text };
  if (!isGroupCode(shown)) return { kind: "pass", token: cut(shown), read: await readPass(shown, list.keys) };
  const { group, problem } = await findGroup(shown, list, on);
  return { kind: "group", door_code: text, group: group?.id ?? null, problem };
}

/** Whether a code is the one a credential was read from. */
export function isShownBy(credential: Credential | Heads, shown: string): boolean {
  if (credential.kind === "heads") return false;
  return normalise(shownAs(credential)) === normalise(shown);
}

function shownAs(credential: Credential): string {
  if (credential.kind === "pass") return credential.token;
  return credential.kind === "number" ? credential.number : credential.door_code;
}

/** Any code may be held up: long ones are cut, and halves of characters dropped, so that every scan can be sent. */
function cut(shown: string): string {
  return Array.from(shown).slice(0, LONGEST).filter((character) => !/^[\ud800-\udfff]$/.test(character)).join("") || " ";
}
