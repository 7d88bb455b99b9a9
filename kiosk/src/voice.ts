/** What a verdict sounds like: a few notes, and its sentence spoken where the device has a voice. */
import { signal } from "@preact/signals";
import type { Answer } from "./protocol";
import { TAGS } from "./words";

export type Tune = Answer | "bell";
type Note = [hertz: number, at: number, seconds: number];
const TUNES: Record<Tune, Note[]> = {
  welcome: [[659, 0, 0.14], [988, 0.14, 0.3]],
  goodbye: [[988, 0, 0.14], [659, 0.14, 0.3]],
  ask: [[784, 0, 0.12], [784, 0.22, 0.12]],
  refused: [[196, 0, 0.45]],
  bell: [[1319, 0, 0.4], [1047, 0.4, 0.7], [1319, 1.2, 0.4], [1047, 1.6, 0.7]],
};
const LOUDEST = 0.5;

/** How loud notes and voice are, 0 to 1. */
export const loudness = { sound: 0.5, voice: 1 };
/** Whether this browser stays silent until somebody touches the screen. */
export const needsTouch = signal(false);
let audio: AudioContext | null = null;

/** Find out whether the browser lets the kiosk sound. */
export function prepare(): void {
  if (typeof AudioContext === "undefined" || audio !== null) return;
  const made = new AudioContext();
  audio = made;
  const look = (): void => {
    needsTouch.value = made.state !== "running";
  };
  made.addEventListener("statechange", look);
  void made.resume().catch(() => undefined);
  setTimeout(look, 500);
}

/** At a touch: from now on notes and voice are allowed. */
export function unlock(): void {
  prepare();
  void audio?.resume().catch(() => undefined);
  if (needsTouch.value && "speechSynthesis" in window) speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(" "), { volume: 0 }));
}

export function play(tune: Tune): void {
  prepare();
  if (audio === null || loudness.sound <= 0) return;
  void audio.resume().catch(() => undefined);
  for (const [hertz, at, seconds] of TUNES[tune]) note(audio, hertz, audio.currentTime + at, seconds);
}

function note(on: AudioContext, hertz: number, at: number, seconds: number): void {
  const [tone, gain] = [on.createOscillator(), on.createGain()];
  tone.frequency.value = hertz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUDEST * loudness.sound, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  tone.connect(gain).connect(on.destination);
  tone.start(at);
  tone.stop(at + seconds);
}

interface Named {
  lang: string;
  localService?: boolean;
}

/** The voice for a language: of its region if there is one, else of the language; one that lives on the device before one that needs the network. */
export function voiceFor<V extends Named>(voices: V[], language: string): V | undefined {
  const tag = (TAGS[language] ?? "en").toLowerCase();
  const near = [...voices].sort((a, b) => Number(b.localService ?? false) - Number(a.localService ?? false));
  const tags = near.map((one) => [one, one.lang.replace("_", "-").toLowerCase()] as const);
  const main = tag.split("-")[0] ?? tag;
  return (tags.find(([, lang]) => lang === tag) ?? tags.find(([, lang]) => lang.split("-")[0] === main))?.[0];
}

/** Whether the device can speak a language. */
export const hasVoice = (language: string): boolean => "speechSynthesis" in window && voiceFor(speechSynthesis.getVoices(), language) !== undefined;

/** Speak in a language, if there is a voice for it; a voice of another language would only read nonsense. */
export function speak(text: string, language: string): void {
  if (!("speechSynthesis" in window)) return;
  speechSynthesis.cancel();
  const voice = voiceFor(speechSynthesis.getVoices(), language);
  if (voice === undefined || loudness.voice <= 0) return;
  speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(text), { lang: voice.lang, voice, volume: loudness.voice }));
}
