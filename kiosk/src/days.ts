/** Which day it is at the door, whatever zone the device thinks it is in. Pure. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-22`. */
export function dayAt(ms: number, timezone: string): string {
  const format = formats.get(timezone) ?? new Intl.DateTimeFormat("en-CA", { timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit" });
  formats.set(timezone, format);
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}
