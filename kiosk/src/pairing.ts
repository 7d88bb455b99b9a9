/** What a pairing code may look like, and what is said when it does not work. Pure. */
import { Refused } from "./api";

const PROBLEMS: Record<string, string> = {
  "pairing-code-unknown": "pair.unknown", "pairing-code-used": "pair.used", "pairing-code-expired": "pair.expired",
  "too-many-attempts": "pair.many", "malformed-request": "pair.unknown", "invalid-form": "pair.unknown",
};

/** Case, width, spaces and hyphens do not matter. */
export const tidy = (code: string): string => code.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();

export const problemOf = (error: unknown): string => (error instanceof Refused ? (PROBLEMS[error.code] ?? "pair.unknown") : "pair.offline");
