/** The kiosk as a whole: which screen is shown, and what moves it from one to the next. */
import { computed, signal } from "@preact/signals";
import { answersOf } from "./answering";
import { createApi } from "./api";
import { Camera } from "./camera";
import { Connection } from "./connection";
import { Device } from "./device";
import { Door } from "./door";
import { Names } from "./names";
import { problemOf, tidy } from "./pairing";
import { Patience } from "./patience";
import type { DayList } from "./protocol";
import { restartAfter } from "./restart";
import { keepTime } from "./rounds";
import type { Rounds } from "./rounds";
import type { Screen } from "./screen";
import { StaffMenu } from "./staff";
import { Store } from "./store";
import { Sync } from "./sync";
import { Telling } from "./telling";
import { hasVoice, play, speak } from "./voice";
import { plain, say } from "./words";
import { Wrong } from "./wrong";

const UPDATE_SECONDS = 15;

export class Kiosk {
  readonly screen = signal<Screen>({ is: "starting" });
  readonly language = signal("ja");
  readonly list = signal<DayList | null>(null);
  /** Grows whenever the facts may have changed. */
  readonly news = signal(0);
  readonly waiting = signal(0);
  readonly parked = signal(0);
  readonly patience = new Patience();
  readonly names = new Names(this.list, this.language);
  readonly timezone = this.names.timezone;
  /** Somebody who sits or is small asked for the buttons below. */
  readonly asksLow = signal(false);
  readonly isLow = computed(() => this.asksLow.value || this.device.settings.value.isLow);
  readonly connection = new Connection();
  readonly camera = new Camera((code) => void this.telling.scan(code));
  readonly device: Device;
  readonly door: Door;
  readonly staff: StaffMenu;
  readonly wrong: Wrong;
  readonly telling: Telling;
  private readonly sync: Sync;
  private token: string | undefined;
  private startNewVersion: (() => void) | null = null;
  private readonly api = createApi(() => this.token, () => this.language.value);

  private constructor(private readonly store: Store) {
    this.device = new Device(store);
    this.wrong = new Wrong(store);
    this.telling = new Telling(this, () => this.changed(() => undefined));
    this.door = new Door(store, this.connection, () => this.sync);
    this.sync = new Sync(store, this.api, this.connection, {
      listChanged: (list) => this.learnList(list),
      liveChanged: (live) => this.changed(() => this.door.learnLive(live)),
      entriesChanged: (entries) => this.changed(() => this.door.learnEntries(entries)),
      revoked: () => this.unpaired("pair.revoked"),
    }, () => ({ version: __VERSION__, camera: this.camera.state.value, ...this.device.said() }));
    this.staff = new StaffMenu(store, {
      list: () => this.list.value,
      now: () => this.connection.now(),
      take: async (heads) => (await this.telling.taken(() => this.door.take(heads)))?.verdict ?? null,
      send: () => void this.sync.uploadMarks(),
      closed: () => this.home(),
    });
  }

  static async open(): Promise<Kiosk> {
    return new Kiosk(await Store.open("kiosk", () => restartAfter(new Error("the store is gone"))));
  }

  /** Begin where the device was left, or with the code in the address. */
  async start(code: string | null): Promise<void> {
    await this.device.start();
    await this.wrong.start();
    this.token = await this.store.get("token");
    const offset = await this.store.get("offset");
    if (offset !== undefined) this.connection.recall(offset);
    await this.forgetWhenAbandoned();
    await this.store.retryParked().catch(console.error);
    this.list.value = await this.door.load();
    this.language.value = this.list.value?.configuration.language ?? "ja";
    keepTime(this.rounds, this.connection);
    void this.camera.choose(this.device.settings.value.camera);
    if (code !== null) await this.pair(code);
    else if (this.token === undefined) this.unpaired(null);
    else await this.paired();
  }

  /** Become the kiosk that waits for a code. A device that is one already stays it: its address may hold an old code for ever. */
  async pair(code: string): Promise<void> {
    this.screen.value = { is: "pairing", problem: null, isBusy: true };
    try {
      const paired = await this.api.pair(tidy(code));
      await this.store.forget("all");
      await this.store.put("token", paired.token);
      this.token = paired.token;
      this.forgetPeople();
    } catch (error) {
      if (this.token === undefined) return this.unpaired(problemOf(error));
    }
    await this.paired();
  }

  private forgetPeople(): void {
    this.door.learnLive(null);
    this.learnList(null);
    void this.door.load().catch(console.error);
  }

  private async paired(): Promise<void> {
    this.home();
    await this.keepInStep();
    if (this.token !== undefined && this.list.value === null) await this.sync.fetchList();
  }

  private unpaired(problem: string | null): void {
    this.token = undefined;
    if (this.staff.isOpen) this.staff.leave();
    this.forgetPeople();
    this.patience.stop();
    this.screen.value = { is: "pairing", problem, isBusy: false };
  }

  private learnList(list: DayList | null): void {
    const isFirst = this.list.value === null;
    this.list.value = list;
    this.changed(() => this.door.learnList(list));
    if (isFirst && list !== null) this.language.value = list.configuration.language;
  }

  private changed(learn: () => void): void {
    learn();
    this.news.value += 1;
    this.waiting.value = this.door.count("waiting");
    this.parked.value = this.door.count("parked");
  }

  home(): void {
    this.patience.stop();
    this.screen.value = { is: "idle", chosen: null };
  }

  /** Leave whatever is shown, as the key Escape does. */
  escape(): void {
    if (this.staff.isOpen) this.staff.leave();
    else if (!["pairing", "starting", "updating"].includes(this.screen.value.is)) this.home();
  }

  open(screen: "number" | "walk-in" | "call" | "help"): void {
    this.touched();
    this.screen.value = { is: screen };
    this.patience.think(screen === "help" ? 2 : 1);
    if (screen !== "call") return;
    play("bell");
    speak(plain(say(this.language.value, "call.title")), this.language.value);
  }

  /** The hidden corner was held, or the keys pressed. */
  openStaff(): void {
    if (this.token === undefined || this.staff.isOpen || this.screen.value.is === "updating") return;
    this.patience.stop();
    this.screen.value = { is: "staff" };
    void this.staff.open();
  }

  /** Choose where to walk in to; the next code shown is for there. */
  walkInTo(session: string, label: string): void {
    this.screen.value = { is: "idle", chosen: { session, label } };
    this.patience.think();
  }

  speakIn(language: string): void {
    this.touched();
    this.language.value = language;
    if (this.screen.value.is === "verdict") this.telling.speakVerdict(this.screen.value.shown.verdict);
  }

  touched(): void {
    this.patience.touched();
    this.staff.touched();
  }

  /** A new version is on the device; it starts when nobody stands at the kiosk and nothing is being sent. */
  update(startNewVersion: () => void): void {
    this.startNewVersion = startNewVersion;
  }

  private readonly rounds: Rounds = {
    second: () => this.second(),
    thinkAgain: () => this.changed(() => undefined),
    keepInStep: () => this.keepInStep(),
    fetchList: async () => void (this.token !== undefined && (await this.sync.fetchList())),
    forgetWhenAbandoned: () => this.forgetWhenAbandoned(),
    measure: () => this.device.measure(),
    look: (isSettled) => this.look(isSettled),
  };

  /** Voices and the camera come a little after the start; what is not there by then is missing. */
  private async look(isSettled: boolean): Promise<void> {
    await this.device.look({
      camera: isSettled ? this.camera.state.value : "ok", hasVoice: !isSettled || hasVoice(this.list.value?.configuration.language ?? "ja"),
      isClockWrong: this.connection.isClockWrong, parked: this.parked.value, isOffline: this.connection.isOffline && this.token !== undefined,
    }, this.connection.now());
  }

  private async keepInStep(): Promise<void> {
    if (this.token === undefined) return;
    await this.sync.beat();
    if (this.connection.isDoubtful) return;
    await this.sync.upload();
    await this.sync.uploadMarks();
  }

  private second(): void {
    this.connection.noticeSetClock();
    this.patience.look();
    this.staff.tick();
    const { value } = this.screen;
    const ends = this.patience.takeEnded();
    if (ends !== null) this.moveOn(value, ends.ids);
    if (this.patience.isQuiet(value) && this.startNewVersion !== null && !this.sync.isSending) this.renew(this.startNewVersion);
    if (value.is !== "idle" || value.chosen !== null || !this.patience.isLeftAlone) return;
    this.asksLow.value = false;
    this.language.value = this.list.value?.configuration.language ?? this.language.value;
  }

  private moveOn(value: Screen, ids: string[]): void {
    if (value.is === "verdict" && ids.length) {
      void this.telling.tell(() => answersOf(this.door, value.shown, ids), value.shown);
      return;
    }
    this.language.value = this.list.value?.configuration.language ?? this.language.value;
    if (this.token === undefined) this.unpaired(null);
    else this.home();
  }

  /** A version that does not begin is left alone: the kiosk goes on with the one it has. */
  private renew(startNewVersion: () => void): void {
    this.startNewVersion = null;
    this.screen.value = { is: "updating" };
    this.patience.wait(UPDATE_SECONDS);
    setTimeout(startNewVersion, 800);
  }

  private async forgetWhenAbandoned(): Promise<void> {
    if (await this.sync.forgetWhenAbandoned()) this.forgetPeople();
  }
}
