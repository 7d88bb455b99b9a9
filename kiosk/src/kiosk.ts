/** The kiosk as a whole: which screen is shown, and what moves it from one to the next. */
import { computed, signal } from "@preact/signals";
import { Refused, createApi } from "./api";
import { Camera } from "./camera";
import { Connection } from "./connection";
import { Device } from "./device";
import { isShownBy } from "./credential";
import { Door } from "./door";
import type { Chosen, Shown } from "./door";
import { likeliest } from "./likely";
import type { Choice, DayList, Verdict } from "./protocol";
import { restartAfter } from "./restart";
import { StaffMenu } from "./staff";
import { Store } from "./store";
import { KEEP_WITHOUT_CONTACT_MS, Sync } from "./sync";
import { hasVoice, play, speak } from "./voice";
import { nameIn, plain, say, wordsOf } from "./words";

const BEAT_MS = 30_000;
const BEAT_OFFLINE_MS = 3_000;
const LIST_MS = 60_000;
const THINK_AGAIN_MS = 60_000;
const LOOK_MS = 5_000;
const MEASURE_MS = 5 * 60_000;
const REFUSED_SECONDS = 20;
const TURN_SECONDS = 10;
/** A question answers itself after this. */
const ASK_SECONDS = 8;
const THINKING_SECONDS = 30;
/** What somebody chose for themselves is forgotten when the screen was left alone this long. */
const LEFT_ALONE_MS = 60_000;
const RESTART_AFTER_MS = 5_000;
const QUIET_BEFORE_UPDATE_MS = 5_000;

export type Screen =
  | { is: "starting" | "number" | "walk-in" | "call" | "help" | "updating" | "checking" | "staff" }
  | { is: "pairing"; problem: string | null; isBusy: boolean }
  | { is: "idle"; chosen: { session: string; label: string } | null }
  /** `asked` is the question that was answered by itself. */
  | { is: "verdict"; shown: Shown; asked?: Shown };

/** When the screen moves on by itself, how long it was given, and what is taken then in answer to a question. */
export interface Ends {
  at: number;
  seconds: number;
  ids: string[];
}

const PAIRING_PROBLEMS: Record<string, string> = {
  "pairing-code-unknown": "pair.unknown", "pairing-code-used": "pair.used", "pairing-code-expired": "pair.expired",
  "too-many-attempts": "pair.many", "malformed-request": "pair.unknown", "invalid-form": "pair.unknown",
};

/** A scan that could not be written down was not taken: the staff take it. */
const NOT_WRITTEN: Shown = {
  verdict: { nonce: "", verdict: "refused", code: "see-desk" }, credential: { kind: "number", number: "" }, isOwn: true,
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
  readonly timezone = computed(() => this.list.value?.configuration.timezone ?? "Asia/Tokyo");
  readonly showsNames = computed(() => this.list.value?.configuration.shows_names ?? true);
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
  private readonly startedAt = Date.now();
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
    this.keepTime();
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
    await this.taken(() => this.answers(value.shown, ids));
  }

  /** Answer a question or take a way on that was offered. */
  async choose(shown: Shown, ids: string[]): Promise<void> {
    this.touched();
    this.ends.value = null;
    await this.tell(() => this.answers(shown, ids));
  }

  private async answers(shown: Shown, ids: string[]): Promise<Shown | null> {
    const members = ids.filter((id) => id.startsWith("member:")).map((id) => id.slice("member:".length));
    if (!members.length) return this.door.take(shown.credential, { answers: ids });
    const all: Shown[] = [];
    for (const member_key of members) {
      const one = await this.door.take(shown.credential, { member_key });
      if (one !== null) all.push(one);
    }
    return together(all);
  }

  /** Ask again what was answered by itself; this time nothing is taken without a touch. */
  askAgain(asked: Shown): void {
    this.screen.value = { is: "verdict", shown: asked };
    this.returnAfter(THINKING_SECONDS);
  }

  /** What could not be written goes to the desk; a store that is broken, not full, is opened anew. */
  private async taken(answer: () => Promise<Shown | null>): Promise<Shown | null> {
    const shown = await answer().catch((error: unknown) => {
      console.error(error);
      if (!(error instanceof DOMException && error.name === "QuotaExceededError")) setTimeout(() => restartAfter(error), RESTART_AFTER_MS);
      return NOT_WRITTEN;
    });
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
    this.returnAfter(this.secondsFor(verdict, asked), ids);
    this.speakVerdict(verdict);
    return verdict;
  }

  /** While staff use the menu, scans go on and are told in its last line; questions get what is likeliest. */
  private async tellStaff(shown: Shown): Promise<Verdict> {
    const ids = shown.verdict.verdict === "ask" ? likeliest(shown.verdict, this.door.facts, this.connection.now()) : [];
    const settled = ids.length ? await this.taken(() => this.answers(shown, ids)) : shown;
    this.staff.said.value = (settled ?? shown).verdict;
    return (settled ?? shown).verdict;
  }

  private secondsFor(verdict: Verdict, asked: Shown | undefined): number {
    if (verdict.verdict === "ask") return ASK_SECONDS;
    if (verdict.turn != null && verdict.verdict !== "welcome") return TURN_SECONDS;
    if (verdict.verdict === "refused") return REFUSED_SECONDS;
    const seconds = this.list.value?.configuration.verdict_seconds ?? 4;
    return asked === undefined ? seconds : Math.max(seconds, ASK_SECONDS);
  }

  private speakVerdict(verdict: Verdict): void {
    const language = this.language.value;
    const { headline, details } = wordsOf(language, verdict, this.labelOf(verdict.facility, verdict.session, verdict.label), this.timezone.value);
    const name = this.nameOf(verdict) ? [say(language, "name", { name: this.nameOf(verdict) })] : [];
    const turn = verdict.turn != null && verdict.ahead ? [say(language, "turn.ahead", { n: verdict.ahead })] : [];
    const likely = this.likelyLabel(verdict);
    const then = likely ? [say(language, "time-left.likely", { n: ASK_SECONDS, label: likely })] : [];
    const spoken = [headline, ...name, ...details, ...turn, ...then].map(plain);
    speak([...new Set(spoken)].join(language.startsWith("ja") || language === "zh-Hans" ? "。" : ". "), language);
  }

  /** The name to show: the one the member chose, or none where the facility shows none. */
  nameOf(verdict: Verdict): string {
    return this.showsNames.value ? (verdict.name ?? "") : "";
  }

  /** The name of a session, or else of a facility, in the language of the screen. */
  labelOf(facility: string | null | undefined, session: string | null | undefined, fallback: string | undefined): string {
    const list = this.list.value;
    const names = list?.sessions.find((one) => one.id === session)?.names ?? list?.facilities.find((one) => one.code === facility)?.names;
    return nameIn(names, this.language.value) || (fallback ?? "");
  }

  /** A choice by name; where the facility shows no names, or a member has none to show, by its place in the row. */
  choiceLabel(verdict: Verdict, choice: Choice): string {
    if (verdict.code !== "ask-who") return this.labelOf(choice.facility, choice.session, choice.label);
    const nth = (verdict.choices ?? []).findIndex((one) => one.id === choice.id) + 1;
    return (this.showsNames.value && choice.label) || say(this.language.value, "nth-person", { n: nth });
  }

  /** What is taken when nobody touches the question. */
  likelyLabel(verdict: Verdict): string {
    const ids = this.ends.value?.ids ?? [];
    return (verdict.choices ?? []).filter((choice) => ids.includes(choice.id)).map((choice) => this.choiceLabel(verdict, choice)).join("・");
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

  private keepTime(): void {
    setInterval(() => this.second(), 250);
    setInterval(() => this.changed(() => undefined), THINK_AGAIN_MS);
    setInterval(() => this.token !== undefined && void this.sync.fetchList(), LIST_MS);
    setInterval(() => void this.forgetWhenAbandoned(), 3600_000);
    setInterval(() => void this.look(), LOOK_MS);
    setInterval(() => void this.device.measure(), MEASURE_MS);
    const beat = async (): Promise<void> => {
      await this.keepInStep();
      setTimeout(() => void beat(), this.connection.isDoubtful ? BEAT_OFFLINE_MS : BEAT_MS);
    };
    setTimeout(() => void beat(), BEAT_OFFLINE_MS);
    addEventListener("offline", () => this.connection.cut());
    addEventListener("online", () => void this.keepInStep());
  }

  /** Voices and the camera come a little after the start; what is not there by then is missing. */
  private async look(): Promise<void> {
    const isSettled = Date.now() - this.startedAt > 2 * LOOK_MS;
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
      void this.tell(() => this.answers(value.shown, ends.ids), value.shown);
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

  /** Nobody's data stays on a device that nobody has heard of for 14 days. */
  private async forgetWhenAbandoned(): Promise<void> {
    const contact = await this.store.get("contact_at");
    if (contact === undefined || Date.now() - contact < KEEP_WITHOUT_CONTACT_MS) return;
    await this.store.forget("list");
    this.door.learnLive(null);
    this.learnList(null);
  }
}

/** What is said when several came in at once: what needs attention first, else everybody by name. */
function together(all: Shown[]): Shown | null {
  const first = all.find((one) => one.verdict.verdict === "refused") ?? all.find((one) => one.verdict.verdict === "ask") ?? all[0];
  if (first === undefined || first.verdict.verdict === "refused") return first ?? null;
  const names = all.filter((one) => one.verdict.verdict === first.verdict.verdict).map((one) => one.verdict.name).filter(Boolean);
  return { ...first, verdict: { ...first.verdict, name: names.join("・") } };
}
