/** A scanner that types: key presses faster than fingers, ending in Enter, are one code and nobody's typing. */
import { isOurs } from "./credential";

const FASTEST_FINGERS_MS = 50;
/** A busy device, or a scanner without a cable, stops for so long in the middle of a code. After longer somebody began anew. */
const LONGEST_STALL_MS = 1000;
/** Of so many keys of a scanner at most one comes late. */
const KEYS_PER_STALL = 6;
const SHORTEST_CODE = 6;
const SURELY_A_SCANNER = 3;

export type Heard = { text: string } | "swallow" | "leave";

interface Key {
  character: string;
  isLate: boolean;
}

export class Wedge {
  private keys: Key[] = [];
  private fast = 0;
  private isScanner = false;
  private last = Number.NEGATIVE_INFINITY;

  /** Whether a key pressed now belongs to a scanner's run of keys, and not to fingers. */
  isMidway(at: number): boolean {
    return this.keys.length > 0 && at - this.last <= (this.isScanner ? LONGEST_STALL_MS : FASTEST_FINGERS_MS);
  }

  /** Take one key press; `swallow` and a text are not for the page. */
  press(key: string, code: string, at: number): Heard {
    const pause = at - this.last;
    if (pause > LONGEST_STALL_MS) this.beginAnew();
    const isLate = !this.keys.length || pause > FASTEST_FINGERS_MS;
    if (key === "Enter") {
      const text = codeIn(this.keys, pause > FASTEST_FINGERS_MS);
      this.beginAnew();
      return text === null ? "leave" : { text };
    }
    const character = characterOf(key, code);
    if (character === null) return "leave";
    this.keys.push({ character, isLate });
    this.last = at;
    this.fast = isLate ? 1 : this.fast + 1;
    this.isScanner ||= this.fast > SURELY_A_SCANNER;
    return this.isScanner ? "swallow" : "leave";
  }

  private beginAnew(): void {
    [this.keys, this.fast, this.isScanner] = [[], 0, false];
  }
}

/** The code that was typed. Fingers may have been at the keys just before it: of what may be the code, the one that is a pass or a number is, or else the longest. */
function codeIn(keys: Key[], isEnterLate: boolean): string | null {
  const found: string[] = [];
  let late = Number(isEnterLate);
  for (let start = keys.length - 1; start >= 0; start--) {
    if (!keys[start]?.isLate) continue;
    const length = keys.length - start;
    if (length >= SHORTEST_CODE && late * KEYS_PER_STALL <= length) found.unshift(keys.slice(start).map((one) => one.character).join(""));
    late += 1;
  }
  return found.find(isOurs) ?? found[0] ?? null;
}

/** What was meant by a key; where a Japanese input method hides it, the key's place on the board says it. */
function characterOf(key: string, code: string): string | null {
  if (Array.from(key).length === 1) return key;
  const found = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(code);
  return key === "Process" || key === "Unidentified" ? (found?.[1] ?? found?.[2] ?? null) : null;
}
