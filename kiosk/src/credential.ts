/** What was shown to the kiosk. */
import { isMemberNumber } from "./damm";
import { decode, normalise, readPass } from "./pass";
import type { ReadPass } from "./pass";
import type { ListedKey, Scan } from "./protocol";

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

export type Credential = { kind: "pass"; token: string; read: ReadPass } | { kind: "number"; number: string };

/** Whether a code has the form of a pass or of a member number, good or not. */
export const isOurs = (shown: string): boolean => isMemberNumber(normalise(shown)) || decode(shown) !== null;

/** Read a code from a camera, a scanner or the keys: a member number when it is one, or else a pass. */
export async function credentialOf(shown: string, keys: ListedKey[]): Promise<Credential> {
  const text = normalise(shown);
  if (isMemberNumber(text)) return { kind: "number", number: text };
  return { kind: "pass", token: cut(shown), read: await readPass(shown, keys) };
}

/** Whether a code is the one a credential was read from. */
export function isShownBy(credential: Credential | Heads, shown: string): boolean {
  if (credential.kind === "heads") return false;
  return normalise(credential.kind === "pass" ? credential.token : credential.number) === normalise(shown);
}

/** Any code may be held up: long ones are cut, and halves of characters dropped, so that every scan can be sent. */
function cut(shown: string): string {
  return Array.from(shown).slice(0, LONGEST).filter((character) => !/^[\ud800-\udfff]$/.test(character)).join("") || " ";
}
