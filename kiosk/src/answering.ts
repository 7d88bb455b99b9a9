/** How an answer comes about, also to several at once, and how long it stands. */
import type { Door, Shown } from "./door";
import type { Verdict } from "./protocol";
import { restartAfter } from "./restart";

const VERDICT_SECONDS = 4;
const REFUSED_SECONDS = 20;
const TURN_SECONDS = 10;
/** A question answers itself after this. */
export const ASK_SECONDS = 8;
/** A teacher counts; nothing is taken for them. */
const COUNT_SECONDS = 60;
const RESTART_AFTER_MS = 5_000;

/** A scan that could not be written down, or may not be looked up, was not taken: the staff take it. */
export const NOT_TAKEN: Shown = {
  verdict: { nonce: "", verdict: "refused", code: "see-desk" }, credential: { kind: "number", number: "" }, isOwn: true,
};

/** How long a verdict stands. `isChosen`: it answers a question that nobody touched, and may still be changed. */
export function secondsFor(verdict: Verdict, isChosen: boolean, seconds = VERDICT_SECONDS): number {
  if (verdict.code === "ask-heads") return COUNT_SECONDS;
  if (verdict.verdict === "ask") return ASK_SECONDS;
  if (verdict.turn != null && verdict.verdict !== "welcome") return TURN_SECONDS;
  if (verdict.verdict === "refused") return REFUSED_SECONDS;
  return isChosen ? Math.max(seconds, ASK_SECONDS) : seconds;
}

/** What is said when several came in at once: what needs attention first, else everybody by name. */
function together(all: Shown[]): Shown | null {
  const first = all.find((one) => one.verdict.verdict === "refused") ?? all.find((one) => one.verdict.verdict === "ask") ?? all[0];
  if (first === undefined || first.verdict.verdict === "refused") return first ?? null;
  const names = all.filter((one) => one.verdict.verdict === first.verdict.verdict).map((one) => one.verdict.name).filter(Boolean);
  return { ...first, verdict: { ...first.verdict, name: names.join("・") } };
}

/** Take the choices of a question: each person who was chosen is a scan of its own. */
export async function answersOf(door: Door, shown: Shown, ids: string[]): Promise<Shown | null> {
  const members = ids.filter((id) => id.startsWith("member:")).map((id) => id.slice("member:".length));
  if (!members.length) return door.take(shown.credential, { answers: ids });
  const all: Shown[] = [];
  for (const member_key of members) {
    const one = await door.take(shown.credential, { member_key });
    if (one !== null) all.push(one);
  }
  return together(all);
}

/** What could not be written goes to the desk; a store that is broken, not full, is opened anew. */
export async function takenBy(answer: () => Promise<Shown | null>): Promise<Shown | null> {
  return answer().catch((error: unknown) => {
    console.error(error);
    if (!(error instanceof DOMException && error.name === "QuotaExceededError")) setTimeout(() => restartAfter(error), RESTART_AFTER_MS);
    return NOT_TAKEN;
  });
}
