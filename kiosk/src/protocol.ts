/** What crosses the door between a kiosk and the service; `booking/visits/schemas.py`, `schemas_day_list.py` and `schemas_state.py` declare the same. Instants are RFC 3339 text. */

export type Answer = "welcome" | "goodbye" | "refused" | "ask";
export type Direction = "auto" | "in" | "out";
export type HeadsOf = "group" | "walk-in" | "guardian" | "visitor";
export type Names = Record<string, string>;

export interface Told {
  verdict: Answer;
  code: string;
}

export interface Scan {
  nonce: string;
  seq: number;
  scanned_at: string;
  clock_offset_ms?: number;
  kind: "pass" | "number" | "heads";
  direction?: Direction;
  token?: string;
  number?: string;
  member_key?: string;
  session_id?: string;
  facility?: string;
  heads?: number;
  heads_of?: HeadsOf;
  party?: string;
  door_code?: string;
  members?: number;
  answers?: string[];
  offline?: boolean;
  told?: Told;
}

export interface Choice {
  id: string;
  label: string;
  facility?: string | null;
  session?: string | null;
  is_inside?: boolean;
}

/** A group visit in numbers: announced, counted today, inside now. */
export interface GroupCount {
  expected: number;
  came: number;
  inside: number;
}

export interface Verdict {
  nonce: string;
  verdict: Answer;
  code: string;
  sentence?: string;
  name?: string;
  label?: string;
  facility?: string | null;
  session?: string | null;
  minutes?: number | null;
  at?: string | null;
  choices?: Choice[];
  inside?: number | null;
  turn?: number | null;
  ahead?: number | null;
  group?: GroupCount | null;
  flags?: string[];
}

export interface KioskConfiguration {
  kiosk_id: string;
  label: string;
  facilities: string[];
  direction: Direction;
  languages: string[];
  language: string;
  timezone: string;
  answer_wait_ms: number;
  verdict_seconds: number;
  demo: boolean;
  shows_names?: boolean;
}

export interface OpenSpan {
  opens_at: string;
  closes_at: string;
}

export interface ListedFacility {
  code: string;
  names: Names;
  capacity: number;
  door_minutes: number;
  days: { on: string; open: OpenSpan[] }[];
}

export interface ListedSession {
  id: string;
  facility: string;
  program: string;
  names: Names;
  starts_at: string;
  ends_at: string;
  door_opens_at: string;
  late_at?: string | null;
  walk_in: number;
  web_left: number;
  roll_over_at?: string | null;
}

export interface Booking {
  session: string;
  state: "confirmed" | "arrived";
}

export interface ListedMember {
  member_key: string;
  shown_name: string;
  number: string;
  pass_ids: string[];
  programs: string[];
  bookings: Booking[];
  family: string[];
  is_held: boolean;
}

/** An approved group visit; `code_digest` stands for its code of the day. */
export interface ListedGroup {
  id: string;
  facility: string;
  on: string;
  code_digest: string;
  name: string;
  expected: number;
}

export interface ListedKey {
  kid: number;
  public_key: string;
  state: "current" | "retired" | "revoked";
}

/** Whom to call, readable with the staff PIN alone: AES-256-GCM over deflated JSON under PBKDF2-HMAC-SHA256 of the PIN; bytes are base64url. */
export interface SealedSheet {
  salt: string;
  iterations: number;
  nonce: string;
  sealed: string;
}

export interface StaffPerson {
  member_key: string;
  name: string;
  kana?: string;
  number?: string;
  grade?: number | null;
  assistance?: string;
  phones?: { name: string; relation: string; phone: string }[];
}

export interface StaffSheet {
  people: StaffPerson[];
}

export interface DayList {
  from_on: string;
  until_on: string;
  configuration: KioskConfiguration;
  facilities: ListedFacility[];
  sessions: ListedSession[];
  members: ListedMember[];
  keys: ListedKey[];
  revoked_passes: string[];
  groups?: ListedGroup[];
  staff?: SealedSheet | null;
}

export type Camera = "ok" | "missing" | "coarse" | "starting";

export interface Heartbeat {
  version: string;
  kiosk_time: string;
  clock_offset_ms: number;
  queue_length: number;
  last_seq: number;
  parked: number;
  camera: Camera;
  is_storage_persistent: boolean;
  day_list_etag: string;
  storage_used_mb?: number | null;
  storage_quota_mb?: number | null;
  faults?: string[];
}

export interface HeartbeatAnswer {
  server_time: string;
  configuration: KioskConfiguration;
  last_seq: number;
  day_list_etag: string;
  facilities: { code: string; inside: number; is_closed: boolean; closed_at?: string | null; called?: number[] }[];
  sessions: { id: string; walked_in: number }[];
  inside: { member_key: string; facility: string; entered_at: string; session?: string | null; until?: string | null }[];
  groups?: { id: string; came: number; inside: number }[];
}

export interface Paired {
  kiosk_id: string;
  token: string;
  facilities: string[];
}

/** A scan after its credential was looked up: who shows it, whom it is for, at which door. */
export interface Reading {
  scan: Scan;
  facilities: string[];
  holder?: string | null;
  subject?: string | null;
  group?: string | null;
  problem?: string | null;
  valid_from?: string | null;
  valid_until?: string | null;
  is_revoked?: boolean;
}

/** A numbered turn that waits or was called, for a walk-in seat of a session or, without one, for the building. */
export interface TurnInLine {
  number: number;
  person: string;
  session?: string | null;
  until?: string | null;
}

/** People who came in counted by head, as one visit. */
export interface HeadsInside {
  id: string;
  of: HeadsOf;
  heads: number;
  entered_at: string;
  group?: string | null;
}

/** `turns`, by number, and `heads_inside`, the newest first, are what one kiosk cannot know. */
export interface FacilityState {
  name: string;
  capacity: number;
  inside: number;
  is_closed: boolean;
  closed_at?: string | null;
  open: OpenSpan[];
  shows_names?: boolean;
  gives_turns?: boolean;
  turns?: TurnInLine[];
  last_turn?: number;
  heads_inside?: HeadsInside[] | null;
}

export interface SessionState {
  facility: string;
  program: string;
  label: string;
  starts_at: string;
  ends_at: string;
  door_opens_at: string;
  late_at?: string | null;
  walk_in?: number;
  web_left?: number;
  roll_over_at?: string | null;
  walked_in?: number;
}

export interface OpenVisit {
  facility: string;
  entered_at: string;
  session?: string | null;
  until?: string | null;
}

export interface LastAnswer {
  at: string;
  verdict: Answer;
  code: string;
  facility: string;
  session?: string | null;
  minutes?: number | null;
}

export interface PersonState {
  name?: string;
  number_end?: string;
  is_listed?: boolean;
  is_held?: boolean;
  programs?: string[];
  bookings?: Booking[];
  family?: string[];
  visit?: OpenVisit | null;
  last?: LastAnswer | null;
  turned_at?: string | null;
}

/** A group visit of the day as the door sees it. */
export interface GroupState {
  facility: string;
  name: string;
  expected: number;
  came: number;
  inside: number;
}

export interface State {
  facilities: Record<string, FacilityState>;
  sessions: Record<string, SessionState>;
  people: Record<string, PersonState>;
  answered: Record<string, Verdict>;
  groups?: Record<string, GroupState>;
}

export interface Effect {
  do: "enter" | "leave" | "queue";
  person: string | null;
  facility: string;
  at: string;
  how: string;
  session?: string | null;
  until?: string | null;
  heads?: number;
  of?: HeadsOf | null;
  visit?: string | null;
  group?: string | null;
  turn?: number | null;
}

export interface Outcome {
  verdict: Verdict;
  happened_at: string;
  effects: Effect[];
}
