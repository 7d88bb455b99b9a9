/** Who is inside by this kiosk's picture, as a roll call needs it. Pure. */
import type { DayList, StaffPerson, State } from "./protocol";

export type How = "safe" | "handed-over" | "open";

/** One tick of a roll call. */
export interface Mark {
  nonce: string;
  member_key: string;
  how: How;
  marked_at: string;
  by_name: string;
}

/** A tick on the device, in the order it was made. */
export interface KeptMark extends Mark {
  order: number;
  isSent: boolean;
}

export interface Called {
  person: StaffPerson;
  facility: string;
  entered_at: string;
  mark: Mark | null;
}

export interface Roll {
  people: Called[];
  /** Let in by a good pass that is not on the list. */
  unlisted: number;
  /** Groups, guardians, visitors, and whoever came in by another door. */
  others: number;
}

/** Everybody inside the facilities of this kiosk, by reading of the name. */
export function rollOf(facts: State | null, list: DayList | null, sheet: Map<string, StaffPerson>, marks: KeptMark[]): Roll {
  const doors = new Set(list?.configuration.facilities ?? []);
  const roll: Roll = { people: [], unlisted: 0, others: 0 };
  for (const [key, { name = "", visit }] of Object.entries(facts?.people ?? {})) {
    if (visit == null || !doors.has(visit.facility)) continue;
    if (key.startsWith("pass:")) roll.unlisted += 1;
    else roll.people.push({ person: sheet.get(key) ?? { member_key: key, name }, facility: visit.facility, entered_at: visit.entered_at, mark: markOf(marks, key, visit.entered_at) });
  }
  const inside = [...doors].reduce((sum, code) => sum + (facts?.facilities[code]?.inside ?? 0), 0);
  roll.others = Math.max(inside - roll.people.length - roll.unlisted, 0);
  roll.people.sort((a, b) => readingOf(a.person).localeCompare(readingOf(b.person), "ja"));
  return roll;
}

/** The last tick of this stay: one made before the person came in says nothing about now. */
function markOf(marks: KeptMark[], key: string, entered_at: string): Mark | null {
  const ofStay = marks.filter((one) => one.member_key === key && Date.parse(one.marked_at) >= Date.parse(entered_at));
  const last = ofStay.reduce<KeptMark | null>((best, one) => (best === null || one.order > best.order ? one : best), null);
  return last === null || last.how === "open" ? null : last;
}

const readingOf = (person: StaffPerson): string => person.kana || person.name;

const STAGES = ["小", "中", "高"];

/** `小3`, `中1`, `高2`; empty for adults. */
export function gradeOf(grade: number | null | undefined): string {
  if (grade == null || grade < 1 || grade > 12) return "";
  return grade <= 6 ? `${STAGES[0]}${grade}` : grade <= 9 ? `${STAGES[1]}${grade - 6}` : `${STAGES[2]}${grade - 9}`;
}
