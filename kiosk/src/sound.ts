/** Whether what answered has the form of the service's own answers. A network that asks for a sign-in answers anything, also in JSON; an older build may have kept anything. Pure. */
import type { DayList, HeartbeatAnswer, Paired, Verdict } from "./protocol";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === "boolean";
const isInstant: Check = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const isTable: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
const maybe = (check: Check): Check => (value) => value === undefined || value === null || check(value);

/** A table that has these fields; it may have more. */
function tableOf(fields: Record<string, Check>): Check {
  const checks = Object.entries(fields);
  return (value) => isTable(value) && checks.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}

const isConfiguration = tableOf({
  kiosk_id: isText, label: isText, facilities: listOf(isText), direction: isText, languages: listOf(isText), language: isText, timezone: isText,
  answer_wait_ms: isNumber, verdict_seconds: isNumber, demo: isFlag,
});
const isSpan = tableOf({ opens_at: isInstant, closes_at: isInstant });
const isDayListSound = tableOf({
  configuration: isConfiguration,
  facilities: listOf(tableOf({ code: isText, names: isTable, capacity: isNumber, days: listOf(tableOf({ on: isText, open: listOf(isSpan) })) })),
  sessions: listOf(tableOf({
    id: isText, facility: isText, program: isText, names: isTable, starts_at: isInstant, ends_at: isInstant, door_opens_at: isInstant,
    late_at: maybe(isInstant), walk_in: isNumber, web_left: isNumber, roll_over_at: maybe(isInstant),
  })),
  members: listOf(tableOf({
    member_key: isText, shown_name: isText, number: isText, pass_ids: listOf(isText), programs: listOf(isText), family: listOf(isText),
    bookings: listOf(tableOf({ session: isText, state: isText })),
  })),
  keys: listOf(tableOf({ kid: isNumber, public_key: isText, state: isText })),
  revoked_passes: listOf(isText),
});
const isHeartbeatAnswerSound = tableOf({
  server_time: isInstant, last_seq: isNumber, day_list_etag: isText,
  facilities: listOf(tableOf({ code: isText, inside: isNumber, is_closed: isFlag, closed_at: maybe(isInstant) })),
  sessions: listOf(tableOf({ id: isText, walked_in: isNumber })),
  inside: listOf(tableOf({ member_key: isText, facility: isText, entered_at: isInstant, until: maybe(isInstant) })),
});
const areVerdictsSound = tableOf({ verdicts: listOf(tableOf({ nonce: isText, verdict: isText, code: isText })) });

export const isDayList = (value: unknown): value is DayList => isDayListSound(value);
export const isHeartbeatAnswer = (value: unknown): value is HeartbeatAnswer => isHeartbeatAnswerSound(value);
export const isPaired = (value: unknown): value is Paired => tableOf({ token: isText })(value);
export const isVerdicts = (value: unknown): value is { verdicts: Verdict[] } => areVerdictsSound(value);
export const isAccepted = (value: unknown): value is { accepted: string[] } => tableOf({ accepted: listOf(isText) })(value);
