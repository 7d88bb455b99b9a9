/** The kiosk as a whole: which screen is shown, and what moves it from one to the next. */
import { computed, signal } from "@preact/signals";
import { answersOf, secondsFor, takenBy } from "./answering";
import { Refused, createApi } from "./api";
import { Camera } from "./camera";
import { Connection } from "./connection";
import { Device } from "./device";
import { isShownBy } from "./credential";
import { Door } from "./door";
import type { Chosen, Shown } from "./door";
import { likeliest } from "./likely";
import { Names } from "./names";
import type { DayList, Verdict } from "./protocol";
import { restartAfter } from "./restart";
import { keepTime } from "./rounds";
import type { Rounds } from "./rounds";
import type { Ends, Screen } from "./screen";
import { StaffMenu } from "./staff";
import { Store } from "./store";
import { Sync } from "./sync";
import { hasVoice, play, speak } from "./voice";
import { plain, say } from "./words";

const THINKING_SECONDS = 30;
/** What somebody chose for themselves is forgotten when the screen was left alone this long. */
const LEFT_ALONE_MS = 60_000;
const QUIET_BEFORE_UPDATE_MS = 5_000;

const PAIRING_PROBLEMS: Record<string, string> = {
  "pairing-code-unknown": "pair.unknown", "pairing-code-used": "pair.used", "pairing-code-expired": "pair.expired",
  "too-many-attempts": "pair.many", "malformed-request": "pair.unknown", "invalid-form": "pair.unknown",
};

export class Kiosk {
  readonly screen = signal<Screen>({ is: "starting" });
  readonly language = signal("ja");
  readonly list = signal<DayList | null>(null);
  /** Grows whenever the facts may have changed. */
  readonly news = signal(0);
  readonly waiting = signal(0);
  readonly parked = signal(0);
  readonly ends = signal<Ends | null>(null);
  readonly tick = signal(Date.now());
  readonly names = new Names(this.list, this.language);
  readonly timezone = this.names.timezone;
  /** Somebody who sits or is small asked for the buttons below. */
  readonly asksLow = signal(false);
  readonly isLow = computed(() => this.asksLow.value || this.device.settings.value.isLow);
  readonly connection = new Connection();
  readonly camera = new Camera((code) => void this.scan(code));
  readonly device: Device;
  readonly door: Door;
  readonly staff: StaffMenu;
  private readonly sync: Sync;
  private token: string | undefined;
  private startNewVersion: (() => void) | null = null;
  private touchedAt = Date.now();
  private readonly api = createApi(() => this.token, () => this.language.value);

  private constructor(private readonly store: Store) {
    this.device = new Device(store);
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
      take: async (heads) => (await this.taken(() => this.door.take(heads)))?.verdict ?? null,
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
    this.token = await this.store.get("token");
    await this.forgetWhenAbandoned();
    await this.door.load();
    this.list.value = (await this.store.get("list")) ?? null;
    this.language.value = this.list.value?.configuration.language ?? "ja";
    keepTime(this.rounds, this.connection);
    void this.camera.choose(this.device.settings.value.camera);
    if (code !== null) await this.pair(code);
    else if (this.token === undefined) this.unpaired(null);
    else await this.paired();
  }

  async pair(code: string): Promise<void> {
    this.screen.value = { is: "pairing", problem: null, isBusy: true };
    try {
      const paired = await this.api.pair(code.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase());
      await this.store.forget("all");
      await this.store.put("token", paired.token);
      this.token = paired.token;
      this.learnList(null);
      await this.paired();
    } catch (error) {
      this.unpaired(error instanceof Refused ? (PAIRING_PROBLEMS[error.code] ?? "pair.unknown") : "pair.offline");
    }
  }

  private async paired(): Promise<void> {
    this.home();
    await this.keepInStep();
    if (this.token !== undefined && this.list.value === null) await this.sync.fetchList();
  }

  private unpaired(problem: string | null): void {
    this.token = undefined;
    if (this.staff.isOpen) this.staff.leave();
    this.door.learnLive(null);
    this.learnList(null);
    this.ends.value = null;
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

  /** Take a code from the camera, a scanner or the keys, whatever is on the screen. */
  async scan(text: string): Promise<Verdict | null> {
    const { value } = this.screen;
    if (this.list.value === null || value.is === "pairing" || value.is === "updating") return null;
    this.touched();
    const chosen: Chosen = value.is === "idle" && value.chosen !== null ? { session_id: value.chosen.session } : {};
    await this.settleQuestion(text);
    return this.tell(() => this.door.show(text, chosen));
  }

  /** The next person does not wait: whoever was asked and said nothing gets what is likeliest. The same code shown again is only asked again. */
  private async settleQuestion(text: string): Promise<void> {
    const { value } = this.screen;
    const ids = this.ends.value?.ids ?? [];
    if (value.is !== "verdict" || !ids.length || isShownBy(value.shown.credential, text)) return;
    this.ends.value = null;
    await this.taken(() => answersOf(this.door, value.shown, ids));
  }

  /** Answer a question or take a way on that was offered. */
  async choose(shown: Shown, ids: string[]): Promise<void> {
    this.touched();
    this.ends.value = null;
    await this.tell(() => answersOf(this.door, shown, ids));
  }

  /** Ask again what was answered by itself; this time nothing is taken without a touch. */
  askAgain(asked: Shown): void {
    this.screen.value = { is: "verdict", shown: asked };
    this.returnAfter(THINKING_SECONDS);
  }

  private async taken(answer: () => Promise<Shown | null>): Promise<Shown | null> {
    const shown = await takenBy(answer);
    this.changed(() => undefined);
    return shown;
  }

  private async tell(answer: () => Promise<Shown | null>, asked?: Shown): Promise<Verdict | null> {
    const shown = await this.taken(answer);
    if (shown === null) return null;
    const { verdict } = shown;
    play(verdict.verdict);
    if (this.staff.isOpen) return this.tellStaff(shown);
    this.screen.value = { is: "verdict", shown, ...(asked === undefined ? {} : { asked }) };
    const ids = verdict.verdict === "ask" ? likeliest(verdict, this.door.facts, this.connection.now()) : [];
    this.returnAfter(secondsFor(verdict, asked !== undefined, this.list.value?.configuration.verdict_seconds), ids);
    this.speakVerdict(verdict);
    return verdict;
  }

  /** While staff use the menu, scans go on and are told in its last line; questions get what is likeliest. */
  private async tellStaff(shown: Shown): Promise<Verdict> {
    const ids = shown.verdict.verdict === "ask" ? likeliest(shown.verdict, this.door.facts, this.connection.now()) : [];
    const settled = ids.length ? await this.taken(() => answersOf(this.door, shown, ids)) : shown;
    this.staff.said.value = (settled ?? shown).verdict;
    return (settled ?? shown).verdict;
  }

  private speakVerdict(verdict: Verdict): void {
    speak(this.names.spoken(verdict, this.likelyLabel(verdict)), this.language.value);
  }

  /** What is taken when nobody touches the question. */
  likelyLabel(verdict: Verdict): string {
    return this.names.ofChoices(verdict, this.ends.value?.ids ?? []);
  }

  home(): void {
    this.ends.value = null;
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
    this.returnAfter(screen === "help" ? 2 * THINKING_SECONDS : THINKING_SECONDS);
    if (screen !== "call") return;
    play("bell");
    speak(plain(say(this.language.value, "call.title")), this.language.value);
  }

  /** The hidden corner was held, or the keys pressed. */
  openStaff(): void {
    if (this.token === undefined || this.staff.isOpen || this.screen.value.is === "updating") return;
    this.ends.value = null;
    this.screen.value = { is: "staff" };
    void this.staff.open();
  }

  /** Choose where to walk in to; the next code shown is for there. */
  walkInTo(session: string, label: string): void {
    this.screen.value = { is: "idle", chosen: { session, label } };
    this.returnAfter(THINKING_SECONDS);
  }

  speakIn(language: string): void {
    this.touched();
    this.language.value = language;
    if (this.screen.value.is === "verdict") this.speakVerdict(this.screen.value.shown.verdict);
  }

  private returnAfter(seconds: number, ids: string[] = []): void {
    this.ends.value = { at: Date.now() + seconds * 1000, seconds, ids };
  }

  /** More time, and also more than a question gives by itself. */
  wait(): void {
    const ends = this.ends.value;
    if (ends !== null) this.returnAfter(Math.max(ends.seconds, THINKING_SECONDS), ends.ids);
  }

  /** Somebody began to choose: nothing is taken for them any more. */
  think(): void {
    this.returnAfter(THINKING_SECONDS);
  }

  touched(): void {
    this.touchedAt = Date.now();
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
    const now = Date.now();
    this.tick.value = now;
    this.staff.tick();
    const { value } = this.screen;
    const ends = this.ends.value;
    if (ends !== null && now >= ends.at) this.moveOn(value, ends);
    const isLeft = now - this.touchedAt > QUIET_BEFORE_UPDATE_MS;
    const isQuiet = value.is === "idle" ? value.chosen === null && isLeft : value.is === "pairing" && !value.isBusy && now - this.touchedAt > LEFT_ALONE_MS;
    if (isQuiet && this.startNewVersion !== null && !this.sync.isSending) this.renew(this.startNewVersion);
    if (value.is !== "idle" || value.chosen !== null) return;
    if (now - this.touchedAt > LEFT_ALONE_MS) {
      this.asksLow.value = false;
      this.language.value = this.list.value?.configuration.language ?? this.language.value;
    }
  }

  private moveOn(value: Screen, ends: Ends): void {
    this.ends.value = null;
    if (value.is === "verdict" && ends.ids.length) {
      void this.tell(() => answersOf(this.door, value.shown, ends.ids), value.shown);
      return;
    }
    this.language.value = this.list.value?.configuration.language ?? this.language.value;
    this.home();
  }

  private renew(startNewVersion: () => void): void {
    this.startNewVersion = null;
    this.screen.value = { is: "updating" };
    setTimeout(startNewVersion, 800);
  }

  private async forgetWhenAbandoned(): Promise<void> {
    if (!(await this.sync.forgetWhenAbandoned())) return;
    this.door.learnLive(null);
    this.learnList(null);
  }
}
