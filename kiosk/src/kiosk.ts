/** The kiosk as a whole: which screen is shown, and what moves it from one to the next. */
import { computed, signal } from "@preact/signals";
import { Refused, createApi } from "./api";
import { Camera } from "./camera";
import { Connection } from "./connection";
import { Door } from "./door";
import type { Chosen, Shown } from "./door";
import type { DayList, Verdict } from "./protocol";
import { Store } from "./store";
import { KEEP_WITHOUT_CONTACT_MS, Sync } from "./sync";
import { play, speak } from "./voice";
import { nameIn, plain, say, wordsOf } from "./words";

const BEAT_MS = 30_000;
const BEAT_OFFLINE_MS = 5_000;
const LIST_MS = 60_000;
const THINK_AGAIN_MS = 60_000;
const REFUSED_SECONDS = 20;
const ASK_SECONDS = 30;

export type Screen =
  | { is: "starting" | "number" | "walk-in" | "call" | "updating" | "checking" }
  | { is: "pairing"; problem: string | null; isBusy: boolean }
  | { is: "idle"; chosen: { session: string; label: string } | null }
  | { is: "verdict"; shown: Shown };

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
  readonly isPersistent = signal(false);
  /** When the screen goes back to the start, and how long it was given. */
  readonly ends = signal<{ at: number; seconds: number } | null>(null);
  readonly tick = signal(Date.now());
  readonly timezone = computed(() => this.list.value?.configuration.timezone ?? "Asia/Tokyo");
  readonly connection = new Connection();
  readonly camera = new Camera((code) => void this.scan(code));
  readonly door: Door;
  private readonly sync: Sync;
  private token: string | undefined;
  private wantsUpdate = false;
  private readonly api = createApi(() => this.token, () => this.language.value);

  private constructor(private readonly store: Store) {
    this.door = new Door(store, this.connection, () => this.sync);
    this.sync = new Sync(store, this.api, this.connection, {
      listChanged: (list) => this.learnList(list),
      liveChanged: (live) => this.changed(() => this.door.learnLive(live)),
      entryChanged: (entry) => this.changed(() => this.door.learnEntry(entry)),
      revoked: () => this.unpaired("pair.revoked"),
    }, () => ({ version: __VERSION__, camera: this.camera.state.value, is_storage_persistent: this.isPersistent.value }));
  }

  static async open(): Promise<Kiosk> {
    return new Kiosk(await Store.open());
  }

  /** Begin where the device was left, or with the code in the address. */
  async start(code: string | null): Promise<void> {
    void navigator.storage?.persist?.().then((isGranted) => (this.isPersistent.value = isGranted));
    this.token = await this.store.get("token");
    await this.forgetWhenAbandoned();
    await this.door.load();
    this.list.value = (await this.store.get("list")) ?? null;
    this.language.value = this.list.value?.configuration.language ?? "ja";
    this.keepTime();
    void this.camera.start();
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
    this.door.learnLive(null);
    this.learnList(null);
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
    void this.store.count("waiting").then((count) => (this.waiting.value = count));
  }

  /** Take a code from the camera, a scanner or the keys, whatever is on the screen. */
  async scan(text: string): Promise<Verdict | null> {
    const { value } = this.screen;
    if (this.list.value === null || value.is === "pairing" || value.is === "updating") return null;
    const chosen: Chosen = value.is === "idle" && value.chosen !== null ? { session_id: value.chosen.session } : {};
    return this.tell(() => this.door.show(text, chosen));
  }

  /** Answer a question or take a way on that was offered. */
  async choose(shown: Shown, ids: string[]): Promise<void> {
    const members = ids.filter((id) => id.startsWith("member:")).map((id) => id.slice("member:".length));
    if (!members.length) {
      await this.tell(() => this.door.take(shown.credential, { answers: ids }));
      return;
    }
    await this.tell(async () => {
      const all: Shown[] = [];
      for (const member_key of members) {
        const one = await this.door.take(shown.credential, { member_key });
        if (one !== null) all.push(one);
      }
      return together(all);
    });
  }

  private async tell(answer: () => Promise<Shown | null>): Promise<Verdict | null> {
    const shown = await answer().catch((error: unknown) => {
      console.error(error);
      return NOT_WRITTEN;
    });
    if (shown === null) return null;
    this.changed(() => undefined);
    this.screen.value = { is: "verdict", shown };
    const { verdict } = shown.verdict;
    this.returnAfter(verdict === "refused" ? REFUSED_SECONDS : verdict === "ask" ? ASK_SECONDS : (this.list.value?.configuration.verdict_seconds ?? 4));
    play(verdict);
    this.speakVerdict(shown.verdict);
    return shown.verdict;
  }

  private speakVerdict(verdict: Verdict): void {
    const language = this.language.value;
    const { headline, details } = wordsOf(language, verdict, this.labelOf(verdict.facility, verdict.session, verdict.label), this.timezone.value);
    const name = verdict.name ? [say(language, "name", { name: verdict.name })] : [];
    speak([headline, ...name, ...details].map(plain).join(language.startsWith("ja") ? "。" : ". "), language);
  }

  /** The name of a session, or else of a facility, in the language of the screen. */
  labelOf(facility: string | null | undefined, session: string | null | undefined, fallback: string | undefined): string {
    const list = this.list.value;
    const names = list?.sessions.find((one) => one.id === session)?.names ?? list?.facilities.find((one) => one.code === facility)?.names;
    return nameIn(names, this.language.value) || (fallback ?? "");
  }

  home(): void {
    this.ends.value = null;
    this.screen.value = { is: "idle", chosen: null };
  }

  open(screen: "number" | "walk-in" | "call"): void {
    this.screen.value = { is: screen };
    this.returnAfter(ASK_SECONDS);
    if (screen !== "call") return;
    play("bell");
    speak(plain(say(this.language.value, "call.title")), this.language.value);
  }

  /** Choose where to walk in to; the next code shown is for there. */
  walkInTo(session: string, label: string): void {
    this.screen.value = { is: "idle", chosen: { session, label } };
    this.returnAfter(ASK_SECONDS);
  }

  speakIn(language: string): void {
    this.language.value = language;
    if (this.screen.value.is === "verdict") this.speakVerdict(this.screen.value.shown.verdict);
  }

  private returnAfter(seconds: number): void {
    this.ends.value = { at: Date.now() + seconds * 1000, seconds };
  }

  wait(): void {
    if (this.ends.value !== null) this.returnAfter(this.ends.value.seconds);
  }

  /** A new version is in place; it starts when nobody stands at the kiosk. */
  update(): void {
    this.wantsUpdate = true;
  }

  private keepTime(): void {
    setInterval(() => this.second(), 250);
    setInterval(() => this.changed(() => this.door.refresh()), THINK_AGAIN_MS);
    setInterval(() => this.token !== undefined && void this.sync.fetchList(), LIST_MS);
    setInterval(() => void this.forgetWhenAbandoned(), 3600_000);
    const beat = async (): Promise<void> => {
      await this.keepInStep();
      setTimeout(() => void beat(), this.connection.isDoubtful ? BEAT_OFFLINE_MS : BEAT_MS);
    };
    setTimeout(() => void beat(), BEAT_OFFLINE_MS);
    addEventListener("offline", () => this.connection.cut());
    addEventListener("online", () => void this.keepInStep());
  }

  private async keepInStep(): Promise<void> {
    if (this.token === undefined) return;
    await this.sync.beat();
    if (!this.connection.isDoubtful) await this.sync.upload();
  }

  private second(): void {
    this.tick.value = Date.now();
    const ends = this.ends.value;
    if (ends !== null && Date.now() >= ends.at) {
      this.language.value = this.list.value?.configuration.language ?? this.language.value;
      this.home();
    }
    const { value } = this.screen;
    if (!this.wantsUpdate || value.is !== "idle" || value.chosen !== null) return;
    this.wantsUpdate = false;
    this.screen.value = { is: "updating" };
    setTimeout(() => location.reload(), 800);
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
