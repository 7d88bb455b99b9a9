/** What the kiosk does by the clock, whoever stands before it. */
import type { Connection } from "./connection";

const SECOND_MS = 250;
const BEAT_MS = 30_000;
const BEAT_OFFLINE_MS = 3_000;
const LIST_MS = 60_000;
const THINK_AGAIN_MS = 60_000;
const LOOK_MS = 5_000;
const MEASURE_MS = 5 * 60_000;
const HOUR_MS = 3600_000;

export interface Rounds {
  second(): void;
  thinkAgain(): void;
  keepInStep(): Promise<void>;
  fetchList(): Promise<void>;
  forgetWhenAbandoned(): Promise<void>;
  measure(): Promise<void>;
  /** `isSettled`: what comes a little after the start has had its time. */
  look(isSettled: boolean): Promise<void>;
}

/** Go the rounds from now on; signs of life follow each other faster while the service does not answer. */
export function keepTime(rounds: Rounds, connection: Connection): void {
  const startedAt = Date.now();
  setInterval(() => rounds.second(), SECOND_MS);
  setInterval(() => rounds.thinkAgain(), THINK_AGAIN_MS);
  setInterval(() => void rounds.fetchList(), LIST_MS);
  setInterval(() => void rounds.forgetWhenAbandoned(), HOUR_MS);
  setInterval(() => void rounds.look(Date.now() - startedAt > 2 * LOOK_MS), LOOK_MS);
  setInterval(() => void rounds.measure(), MEASURE_MS);
  const beat = async (): Promise<void> => {
    await rounds.keepInStep().catch(console.error);
    setTimeout(() => void beat(), connection.isDoubtful ? BEAT_OFFLINE_MS : BEAT_MS);
  };
  setTimeout(() => void beat(), BEAT_OFFLINE_MS);
  addEventListener("offline", () => connection.cut());
  addEventListener("online", () => void rounds.keepInStep());
}
