/** A scanner that types: key presses faster than fingers, ending in Enter, are one code and nobody's typing. */

const FASTEST_FINGERS_MS = 50;
const SHORTEST_CODE = 6;
const SURELY_A_SCANNER = 3;

export type Heard = { text: string } | "swallow" | "leave";

export class Wedge {
  private keys = "";
  private last = Number.NEGATIVE_INFINITY;

  /** Take one key press; `swallow` and a text are not for the page. */
  press(key: string, code: string, at: number): Heard {
    const isFast = at - this.last <= FASTEST_FINGERS_MS;
    const character = characterOf(key, code);
    if (key === "Enter") {
      const text = this.keys;
      this.keys = "";
      return isFast && text.length >= SHORTEST_CODE ? { text } : "leave";
    }
    if (character === null) return "leave";
    this.keys = isFast ? this.keys + character : character;
    this.last = at;
    return this.keys.length > SURELY_A_SCANNER ? "swallow" : "leave";
  }
}

/** What was meant by a key; where a Japanese input method hides it, the key's place on the board says it. */
function characterOf(key: string, code: string): string | null {
  if (Array.from(key).length === 1) return key;
  const found = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(code);
  return key === "Process" || key === "Unidentified" ? (found?.[1] ?? found?.[2] ?? null) : null;
}
