/** What a verdict sounds like: a few notes, and its sentence spoken where the device has a voice. */
import type { Answer } from "./protocol";
import { TAGS } from "./words";

type Note = [hertz: number, at: number, seconds: number];
const TUNES: Record<Answer | "bell", Note[]> = {
  welcome: [[659, 0, 0.14], [988, 0.14, 0.3]],
  goodbye: [[988, 0, 0.14], [659, 0.14, 0.3]],
  ask: [[784, 0, 0.12], [784, 0.22, 0.12]],
  refused: [[196, 0, 0.45]],
  bell: [[1319, 0, 0.4], [1047, 0.4, 0.7], [1319, 1.2, 0.4], [1047, 1.6, 0.7]],
};
let audio: AudioContext | null = null;

export function play(tune: Answer | "bell"): void {
  if (typeof AudioContext === "undefined") return;
  audio ??= new AudioContext();
  void audio.resume().catch(() => undefined);
  for (const [hertz, at, seconds] of TUNES[tune]) note(audio, hertz, audio.currentTime + at, seconds);
}

function note(on: AudioContext, hertz: number, at: number, seconds: number): void {
  const [tone, loudness] = [on.createOscillator(), on.createGain()];
  tone.frequency.value = hertz;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.25, at + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  tone.connect(loudness).connect(on.destination);
  tone.start(at);
  tone.stop(at + seconds);
}

/** Speak in a language, if there is a voice for it. */
export function speak(text: string, language: string): void {
  if (!("speechSynthesis" in window)) return;
  const tag = TAGS[language] ?? "en";
  const voice = speechSynthesis.getVoices().find((one) => one.lang.replace("_", "-").toLowerCase().startsWith(tag.slice(0, 2).toLowerCase()));
  speechSynthesis.cancel();
  speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(text), { lang: tag, ...(voice ? { voice } : {}) }));
}
