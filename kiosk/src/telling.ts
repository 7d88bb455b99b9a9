/** From what was shown to what is said: takes scans and answers whatever is on the screen, shows and speaks what comes of it. */
import { NOT_TAKEN, answersOf, secondsFor, takenBy } from "./answering";
import { isShownBy } from "./credential";
import type { Chosen, Shown } from "./door";
import type { Kiosk } from "./kiosk";
import { likeliest } from "./likely";
import type { Scan, Verdict } from "./protocol";
import { play, speak } from "./voice";

/** What this needs of the kiosk around it. */
type Around = Pick<Kiosk, "screen" | "list" | "language" | "door" | "staff" | "patience" | "names" | "wrong" | "connection" | "touched">;

export class Telling {
  constructor(private readonly kiosk: Around, private readonly changed: () => void) {}

  /** Take a code from the camera, a scanner or the keys, whatever is on the screen. */
  async scan(text: string): Promise<Verdict | null> {
    const { value } = this.kiosk.screen;
    if (this.kiosk.list.value === null || value.is === "pairing" || value.is === "updating") return null;
    this.kiosk.touched();
    if (value.is === "verdict" && value.shown.verdict.code === "ask-heads" && isShownBy(value.shown.credential, text)) return this.goOnCounting(value.shown);
    const chosen: Chosen = value.is === "idle" && value.chosen !== null ? { session_id: value.chosen.session } : {};
    await this.settleQuestion(text);
    return this.tell(async () => (this.kiosk.wrong.mayTry(text) ? this.kiosk.door.show(text, chosen) : NOT_TAKEN));
  }

  /** A letter that comes into view again does not undo what was counted so far. */
  private goOnCounting(shown: Shown): Verdict {
    this.kiosk.patience.think();
    return shown.verdict;
  }

  /** The next person does not wait: whoever was asked and said nothing gets what is likeliest. The same code shown again is only asked again. */
  private async settleQuestion(text: string): Promise<void> {
    const { value } = this.kiosk.screen;
    const ids = this.kiosk.patience.ends.value?.ids ?? [];
    if (value.is !== "verdict" || !ids.length || isShownBy(value.shown.credential, text)) return;
    this.kiosk.patience.stop();
    await this.taken(() => answersOf(this.kiosk.door, value.shown, ids));
  }

  /** Answer a question or take a way on that was offered. */
  async choose(shown: Shown, ids: string[]): Promise<void> {
    this.kiosk.touched();
    this.kiosk.patience.stop();
    await this.tell(() => answersOf(this.kiosk.door, shown, ids));
  }

  /** Count a group that was asked how many came: in with so many, or out with all of them. */
  async count(shown: Shown, counted: Pick<Scan, "heads" | "members" | "direction">): Promise<void> {
    const { facility, name } = shown.verdict;
    this.kiosk.touched();
    this.kiosk.patience.stop();
    await this.tell(() => this.kiosk.door.take(shown.credential, { ...counted, ...(facility == null ? {} : { facility }), ...(name ? { party: name } : {}) }));
  }

  /** Ask again what was answered by itself; this time nothing is taken without a touch. */
  askAgain(asked: Shown): void {
    this.kiosk.screen.value = { is: "verdict", shown: asked };
    this.kiosk.patience.think();
  }

  async taken(answer: () => Promise<Shown | null>): Promise<Shown | null> {
    const shown = await takenBy(answer);
    this.changed();
    return shown;
  }

  async tell(answer: () => Promise<Shown | null>, asked?: Shown): Promise<Verdict | null> {
    const shown = await this.taken(answer);
    if (shown === null || this.kiosk.list.value === null) return null;
    const { verdict } = shown;
    this.kiosk.wrong.learn(verdict.code);
    play(verdict.verdict);
    if (this.kiosk.staff.isOpen) return this.tellStaff(shown);
    this.kiosk.screen.value = { is: "verdict", shown, ...(asked === undefined ? {} : { asked }) };
    const ids = verdict.verdict === "ask" ? likeliest(verdict, this.kiosk.door.facts, this.kiosk.connection.now()) : [];
    this.kiosk.patience.wait(secondsFor(verdict, asked !== undefined, this.kiosk.list.value?.configuration.verdict_seconds), ids);
    this.speakVerdict(verdict);
    return verdict;
  }

  /** While staff use the menu, scans go on and are told in its last line; questions get what is likeliest. */
  private async tellStaff(shown: Shown): Promise<Verdict> {
    const ids = shown.verdict.verdict === "ask" ? likeliest(shown.verdict, this.kiosk.door.facts, this.kiosk.connection.now()) : [];
    const settled = ids.length ? await this.taken(() => answersOf(this.kiosk.door, shown, ids)) : shown;
    this.kiosk.staff.said.value = (settled ?? shown).verdict;
    return (settled ?? shown).verdict;
  }

  speakVerdict(verdict: Verdict): void {
    speak(this.kiosk.names.spoken(verdict, this.likelyLabel(verdict)), this.kiosk.language.value);
  }

  /** What is taken when nobody touches the question. */
  likelyLabel(verdict: Verdict): string {
    return this.kiosk.names.ofChoices(verdict, this.kiosk.patience.ends.value?.ids ?? []);
  }
}
