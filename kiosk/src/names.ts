/** What people, sessions and places are called on the screen and by the voice, in the language of the screen. */
import { computed } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { ASK_SECONDS } from "./answering";
import type { Choice, DayList, Verdict } from "./protocol";
import { nameIn, plain, say, wordsOf } from "./words";

export class Names {
  readonly timezone = computed(() => this.list.value?.configuration.timezone ?? "Asia/Tokyo");
  readonly areShown = computed(() => this.list.value?.configuration.shows_names ?? true);

  constructor(private readonly list: ReadonlySignal<DayList | null>, private readonly language: ReadonlySignal<string>) {}

  /** The name to show: the one the member chose, or none where the facility shows none. */
  ofPerson(verdict: Verdict): string {
    return this.areShown.value ? (verdict.name ?? "") : "";
  }

  /** The same as it is said: a group is named, a person is addressed. */
  called(verdict: Verdict): string {
    const name = this.ofPerson(verdict);
    return name && verdict.group == null ? say(this.language.value, "name", { name }) : name;
  }

  /** The name of a session, or else of a facility. */
  ofPlace(facility: string | null | undefined, session: string | null | undefined, fallback: string | undefined): string {
    const list = this.list.value;
    const names = list?.sessions.find((one) => one.id === session)?.names ?? list?.facilities.find((one) => one.code === facility)?.names;
    return nameIn(names, this.language.value) || (fallback ?? "");
  }

  /** A choice by name; where the facility shows no names, or a member has none to show, by its place in the row. */
  ofChoice(verdict: Verdict, choice: Choice): string {
    if (verdict.code !== "ask-who") return this.ofPlace(choice.facility, choice.session, choice.label);
    const nth = (verdict.choices ?? []).findIndex((one) => one.id === choice.id) + 1;
    return (this.areShown.value && choice.label) || say(this.language.value, "nth-person", { n: nth });
  }

  ofChoices(verdict: Verdict, ids: string[]): string {
    return (verdict.choices ?? []).filter((choice) => ids.includes(choice.id)).map((choice) => this.ofChoice(verdict, choice)).join("・");
  }

  /** The headline of a verdict and what follows. */
  wordsOf(verdict: Verdict): ReturnType<typeof wordsOf> {
    return wordsOf(this.language.value, verdict, this.ofPlace(verdict.facility, verdict.session, verdict.label), this.timezone.value);
  }

  /** What is spoken with a verdict. `likely`: what is taken when nobody touches the question. */
  spoken(verdict: Verdict, likely: string): string {
    const language = this.language.value;
    const { headline, details } = this.wordsOf(verdict);
    const name = [this.called(verdict)].filter(Boolean);
    const turn = verdict.turn != null && verdict.ahead ? [say(language, "turn.ahead", { n: verdict.ahead })] : [];
    const then = likely ? [say(language, "time-left.likely", { n: ASK_SECONDS, label: likely })] : [];
    const spoken = [headline, ...name, ...details, ...turn, ...then].map(plain);
    return [...new Set(spoken)].join(language.startsWith("ja") || language === "zh-Hans" ? "。" : ". ");
  }
}
