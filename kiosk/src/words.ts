/** What a kiosk says: sentences by key, furigana, times and lengths of time. `booking/visits/sentences.py` chooses alike. */
import catalogues from "virtual:words";
import type { Names, Verdict } from "./protocol";

const SOON_MINUTES = 90;
const MINUTES_READ_PUN = new Set([0, 1, 3, 4, 6, 8]);
/** The tag a browser and a voice know; the catalogues have やさしい にほんご besides. */
export const TAGS: Record<string, string> = { "ja": "ja-JP", "ja-easy": "ja-JP", "en": "en", "pt-BR": "pt-BR", "vi": "vi", "es": "es", "zh-Hans": "zh-CN", "tl": "fil" };
export const LANGUAGE_NAMES: Record<string, string> = {
  "ja": "日本語", "ja-easy": "やさしい にほんご", "en": "English", "pt-BR": "Português", "vi": "Tiếng Việt", "es": "Español", "zh-Hans": "简体中文", "tl": "Tagalog",
};
/** The `lang` attribute: a screen reader knows no やさしい日本語. */
export const htmlLang = (language: string): string => (language === "ja-easy" ? "ja" : language);

export type Values = Record<string, string | number>;

/** A sentence with its furigana still in it: `[漢字|かんじ]`. */
export function say(language: string, key: string, values: Values = {}): string {
  const sentence = catalogues[language]?.[key] ?? catalogues.en?.[key] ?? catalogues.ja?.[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export const has = (key: string): boolean => catalogues.ja?.[key] !== undefined;
export const takesLabel = (key: string): boolean => catalogues.ja?.[key]?.includes("{label}") ?? false;

/** Without furigana, for a voice and for attributes. */
export const plain = (sentence: string): string => sentence.replace(/\[([^|\]]+)\|[^\]]+\]/g, "$1");

export type Piece = string | { base: string; reading: string };

/** Text and furigana apart, for `<ruby>`. */
export function pieces(sentence: string): Piece[] {
  return sentence.split(/(\[[^|\]]+\|[^\]]+\])/).filter(Boolean).map((part) => {
    const found = /^\[([^|\]]+)\|([^\]]+)\]$/.exec(part);
    return found?.[1] !== undefined && found[2] !== undefined ? { base: found[1], reading: found[2] } : part;
  });
}

/** A name in a language, in English where it has none, or else in Japanese. */
export function nameIn(names: Names | undefined, language: string): string {
  if (names === undefined) return "";
  if (language === "ja-easy") return names["ja-easy"] ?? names.ja ?? "";
  return names[language] ?? (language === "ja" ? undefined : names.en) ?? names.ja ?? "";
}

/** `15:30`; in やさしい にほんご `ごご 3じ 30ぷん`. */
export function time(language: string, at: string | number | Date, timezone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(new Date(at));
  const hour = Number(parts.find((part) => part.type === "hour")?.value);
  const minute = Number(parts.find((part) => part.type === "minute")?.value);
  if (language !== "ja-easy") return `${hour}:${String(minute).padStart(2, "0")}`;
  const half = `${hour < 12 ? "ごぜん" : "ごご"} ${hour % 12 || (hour ? 12 : 0)}じ`;
  return minute ? `${half} ${minute}${MINUTES_READ_PUN.has(minute % 10) ? "ぷん" : "ふん"}` : half;
}

/** A day and time, as in `22日（日） 15:30`. */
export function when(language: string, at: string, timezone: string): string {
  const day = new Intl.DateTimeFormat(TAGS[language] ?? "en", { timeZone: timezone, month: "short", day: "numeric", weekday: "short" });
  return `${day.format(new Date(at))} ${time(language, at, timezone)}`;
}

/** How long, in days, hours or minutes: `2[時間|じかん]5[分|ふん]`. */
export function span(language: string, minutes: number): string {
  if (minutes >= 2 * 24 * 60) return say(language, "n-days", { n: Math.floor(minutes / (24 * 60)) });
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const between = ["ja", "zh-Hans"].includes(language) ? "" : " ";
  const parts = hours ? [say(language, "n-hours", { n: hours })] : [];
  if (rest || !hours) parts.push(say(language, rest && MINUTES_READ_PUN.has(rest % 10) ? "n-minutes.pun" : "n-minutes", { n: rest }));
  return parts.join(between);
}

/** The headline of a verdict and what follows it. */
export function wordsOf(language: string, verdict: Verdict, label: string, timezone: string): { headline: string; details: string[] } {
  const minutes = span(language, verdict.minutes ?? 0);
  const values: Values = {
    label, minutes, stay: minutes, turn: verdict.turn ?? 0,
    time: verdict.at == null ? "" : time(language, verdict.at, timezone),
    when: verdict.at == null ? "" : when(language, verdict.at, timezone),
  };
  const [headline = verdict.code, ...details] = keysOf(verdict, label);
  return { headline: say(language, headline, values), details: details.map((key) => say(language, key, values)) };
}

function keysOf(verdict: Verdict, label: string): string[] {
  const { code } = verdict;
  if (!has(code)) return [verdict.verdict === "refused" ? "see-desk" : verdict.verdict === "ask" ? "ask-where" : verdict.verdict];
  if (code === "too-early") return [(verdict.minutes ?? 0) <= SOON_MINUTES ? "too-early" : "too-early.later", "too-early.detail"];
  if (code === "closed" || code === "nothing-now") return [code, verdict.at == null ? `${code}.none` : `${code}.detail`];
  if (code === "goodbye") return ["goodbye", "goodbye.detail", ...(verdict.at == null ? [] : ["goodbye.next"])];
  if (!has(`${code}.detail`) || (!label && takesLabel(`${code}.detail`))) return [code];
  return [code, `${code}.detail`];
}
