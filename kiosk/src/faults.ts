/** What is and was wrong with this device, in stable codes. Pure. */
import type { Camera } from "./protocol";

export const SENT_CODES = [
  "camera-missing", "camera-coarse", "clock-wrong", "storage-not-persistent", "storage-low", "scans-parked", "app-crashed", "voice-missing",
] as const;
/** Being offline is known to the service by itself; here it is part of the story. */
export type FaultCode = (typeof SENT_CODES)[number] | "offline";

export interface Condition {
  camera: Camera;
  hasCamera: boolean;
  isClockWrong: boolean;
  isPersistent: boolean;
  storage: { used: number; quota: number } | null;
  parked: number;
  crashedAt: number | null;
  hasVoice: boolean;
  isOffline: boolean;
}

export interface Fault {
  code: FaultCode;
  began_at: number;
  ended_at: number | null;
}

const FREE_SHARE = 0.1;
const FREE_BYTES = 50 * 1024 * 1024;
const CRASH_SHOWN_MS = 3600_000;
const KEPT = 60;

/** Whether less than a tenth, or less than 50 MB, is free. */
export function isStorageLow(storage: Condition["storage"]): boolean {
  if (storage === null || storage.quota <= 0) return false;
  const free = storage.quota - storage.used;
  return free < storage.quota * FREE_SHARE || free < FREE_BYTES;
}

/** What is wrong now. A kiosk that has a scanner instead of a camera misses none. */
export function faultsOf(condition: Condition, now: number): FaultCode[] {
  const { camera, hasCamera, crashedAt } = condition;
  const found: [FaultCode, boolean][] = [
    ["camera-missing", hasCamera && camera === "missing"],
    ["camera-coarse", hasCamera && camera === "coarse"],
    ["clock-wrong", condition.isClockWrong],
    ["storage-not-persistent", !condition.isPersistent],
    ["storage-low", isStorageLow(condition.storage)],
    ["scans-parked", condition.parked > 0],
    ["app-crashed", crashedAt !== null && now - crashedAt < CRASH_SHOWN_MS],
    ["voice-missing", !condition.hasVoice],
    ["offline", condition.isOffline],
  ];
  return found.filter(([, isWrong]) => isWrong).map(([code]) => code);
}

/** The story so far and what is wrong now make the story; the newest first. Unchanged, it is the same array. */
export function retell(story: Fault[], now: FaultCode[], at: number): Fault[] {
  const going = story.filter((one) => one.ended_at === null);
  const begun = now.filter((code) => !going.some((one) => one.code === code));
  if (!begun.length && going.every((one) => now.includes(one.code))) return story;
  const after = story.map((one) => (one.ended_at === null && !now.includes(one.code) ? { ...one, ended_at: at } : one));
  return [...begun.map((code): Fault => ({ code, began_at: at, ended_at: null })), ...after].slice(0, KEPT);
}
