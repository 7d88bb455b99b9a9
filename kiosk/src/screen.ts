/** Which screen is shown, and when it moves on by itself. */
import type { Shown } from "./door";

export type Screen =
  | { is: "starting" | "number" | "walk-in" | "call" | "help" | "updating" | "checking" | "staff" }
  | { is: "pairing"; problem: string | null; isBusy: boolean }
  | { is: "idle"; chosen: { session: string; label: string } | null }
  /** `asked` is the question that was answered by itself. */
  | { is: "verdict"; shown: Shown; asked?: Shown };

/** When the screen moves on by itself, how long it was given, and what is taken then in answer to a question. */
export interface Ends {
  at: number;
  seconds: number;
  ids: string[];
}
