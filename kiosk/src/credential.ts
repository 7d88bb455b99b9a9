/** What was shown to the kiosk. */
import { isMemberNumber } from "./damm";
import { normalise, readPass } from "./pass";
import type { ReadPass } from "./pass";
import type { ListedKey } from "./protocol";

const LONGEST = 300;

export type Credential = { kind: "pass"; token: string; read: ReadPass } | { kind: "number"; number: string };

/** Read a code from a camera, a scanner or the keys: a member number when it is one, or else a pass. */
export async function credentialOf(shown: string, keys: ListedKey[]): Promise<Credential> {
  const text = normalise(shown);
  if (isMemberNumber(text)) return { kind: "number", number: text };
  return { kind: "pass", token: cut(shown), read: await readPass(shown, keys) };
}

/** Any code may be held up: long ones are cut, and halves of characters dropped, so that every scan can be sent. */
function cut(shown: string): string {
  return Array.from(shown).slice(0, LONGEST).filter((character) => !/^[\ud800-\udfff]$/.test(character)).join("") || " ";
}
