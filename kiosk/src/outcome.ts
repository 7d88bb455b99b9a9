/** What an answer of the service changes in this kiosk's own picture. Pure. */
import type { Effect, Outcome, Verdict } from "./protocol";
import type { Entry } from "./store";

/** The outcome of a queued scan once the service has answered: ours where they agree, else what its verdict means. */
export function settledBy(entry: Entry, verdict: Verdict): Outcome {
  const ours = entry.outcome.verdict;
  const isSame = ours.verdict === verdict.verdict && (ours.facility ?? null) === (verdict.facility ?? null) && (ours.session ?? null) === (verdict.session ?? null);
  return { ...entry.outcome, verdict, effects: isSame ? entry.outcome.effects : effectsOf(entry, verdict) };
}

function effectsOf(entry: Entry, verdict: Verdict): Effect[] {
  const { person, visit, outcome } = entry;
  const at = outcome.happened_at;
  const leave = (how: string): Effect[] => (visit === null ? [] : [{ do: "leave", person, facility: visit.facility, session: visit.session ?? null, at, how }]);
  if (verdict.verdict === "goodbye") return leave("scan");
  if (verdict.verdict !== "welcome" || verdict.facility == null || visit?.facility === verdict.facility) return [];
  return [...leave("move"), { do: "enter", person, facility: verdict.facility, session: verdict.session ?? null, at, how: "answered", heads: entry.scan.heads ?? 1 }];
}
