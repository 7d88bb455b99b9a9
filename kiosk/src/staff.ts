/** The staff menu: opened by the PIN, forgotten when it is left or nobody touched it for two minutes. */
import { signal } from "@preact/signals";
import type { Heads } from "./credential";
import { NO_TRIES, afterWrong, waitOf } from "./pin";
import type { Tries } from "./pin";
import type { DayList, StaffPerson, Verdict } from "./protocol";
import type { How, KeptMark } from "./roll";
import { openSheet } from "./sheet";
import type { Difference, Entry, Store } from "./store";

const FORGOTTEN_AFTER_MS = 2 * 60_000;

/** As long as the service takes it. */
export const LONGEST_NAME = 40;

export type StaffPage = "pin" | "menu" | "roll" | "group" | "faults" | "device";

/** What the menu needs of the kiosk around it. */
export interface Surroundings {
  list(): DayList | null;
  now(): number;
  take(heads: Heads): Promise<Verdict | null>;
  send(): void;
  closed(): void;
}

export class StaffMenu {
  readonly page = signal<StaffPage | null>(null);
  readonly isWrong = signal(false);
  readonly isBusy = signal(false);
  /** When the PIN may be tried again. */
  readonly waitsUntil = signal(0);
  readonly people = signal<Map<string, StaffPerson>>(new Map());
  readonly marks = signal<KeptMark[]>([]);
  readonly parked = signal<Entry[]>([]);
  readonly differences = signal<Difference[]>([]);
  readonly said = signal<Verdict | null>(null);
  readonly byName = signal("");
  /** A tick could not be written down. */
  readonly isFull = signal(false);
  private touchedAt = 0;
  /** Wrong ones count also where the device is too full to write them down. */
  private tries = NO_TRIES;

  constructor(private readonly store: Store, private readonly around: Surroundings) {}

  get isOpen(): boolean {
    return this.page.value !== null;
  }

  async open(): Promise<void> {
    this.touched();
    this.isWrong.value = false;
    this.page.value = "pin";
    this.waitsUntil.value = await this.until();
  }

  private async until(): Promise<number> {
    const now = Date.now();
    return now + waitOf(await this.triesSoFar(), now);
  }

  private async triesSoFar(): Promise<Tries> {
    const kept = (await this.store.get("tries")) ?? NO_TRIES;
    return kept.wrong < this.tries.wrong ? this.tries : kept;
  }

  private async noteTries(tries: Tries): Promise<void> {
    this.tries = tries;
    await this.store.put("tries", tries).catch(console.error);
  }

  /** Try a PIN. The try is counted before it is made, so that a reload is no way round. */
  async enter(pin: string): Promise<void> {
    const sealed = this.around.list()?.staff;
    this.touched();
    if (this.isBusy.value || sealed == null || (await this.until()) > Date.now()) return;
    this.isBusy.value = true;
    await this.noteTries(afterWrong(await this.triesSoFar(), Date.now()));
    const sheet = await openSheet(sealed, pin).catch(() => null);
    this.isBusy.value = false;
    if (!this.isOpen) return;
    if (sheet === null) {
      this.isWrong.value = true;
      this.waitsUntil.value = await this.until();
      return;
    }
    await this.noteTries(NO_TRIES);
    this.people.value = new Map(sheet.people.map((one) => [one.member_key, one]));
    await this.go("menu");
  }

  async go(page: StaffPage): Promise<void> {
    this.touched();
    this.said.value = null;
    [this.marks.value, this.parked.value, this.differences.value] = await Promise.all([
      this.store.marks(), this.store.parked(), this.store.get("differences").then((found) => found ?? []),
    ]);
    if (this.isOpen) this.page.value = page;
  }

  /** Tick somebody, committed before it is shown; sent when the service can be reached. */
  async mark(member_key: string, how: How): Promise<void> {
    this.touched();
    const mark = { nonce: crypto.randomUUID(), member_key, how, marked_at: new Date(this.around.now()).toISOString(), by_name: this.byName.value.trim().slice(0, LONGEST_NAME) };
    try {
      this.marks.value = [...this.marks.value, await this.store.addMark(mark)];
      this.isFull.value = false;
    } catch {
      this.isFull.value = true;
    }
    this.around.send();
  }

  async count(heads: Heads): Promise<Verdict | null> {
    this.touched();
    const said = await this.around.take(heads);
    this.said.value = said;
    return said;
  }

  touched(): void {
    this.touchedAt = Date.now();
  }

  /** Called often: forgets when nobody touched it for a while. */
  tick(): void {
    if (this.isOpen && Math.abs(Date.now() - this.touchedAt) > FORGOTTEN_AFTER_MS) this.leave();
  }

  leave(): void {
    this.page.value = null;
    this.people.value = new Map();
    [this.marks.value, this.parked.value] = [[], []];
    [this.said.value, this.byName.value, this.isWrong.value] = [null, "", false];
    this.around.closed();
  }
}
