/** Turns the gettext catalogues of the domain `kiosk` into one module per language, so that the device needs no gettext. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { po } from "gettext-parser";
import type { Plugin } from "vite";

const LANGUAGES = ["ja", "ja-easy", "en", "pt-BR", "vi", "es", "zh-Hans", "tl"];
const NAME = "virtual:words";

function catalogue(root: string, language: string): string {
  return resolve(root, "..", "booking", "locale", language, "LC_MESSAGES", "kiosk.po");
}

/** Key (msgctxt) → sentence of one language. A catalogue that lacks a key fails the build. */
export function readWords(root: string, language: string): Record<string, string> {
  const parsed = po.parse(readFileSync(catalogue(root, language)));
  const words: Record<string, string> = {};
  for (const [key, messages] of Object.entries(parsed.translations)) {
    for (const message of Object.values(messages)) if (message.msgid && key) words[key] = message.msgstr[0] ?? "";
  }
  const empty = Object.keys(words).filter((key) => !words[key]);
  if (empty.length) throw new Error(`${language} does not say: ${empty.join(", ")}`);
  return words;
}

export function readAllWords(root: string): Record<string, Record<string, string>> {
  const all = Object.fromEntries(LANGUAGES.map((language) => [language, readWords(root, language)]));
  const keys = Object.keys(all.ja ?? {}).sort().join();
  for (const [language, words] of Object.entries(all)) if (Object.keys(words).sort().join() !== keys) throw new Error(`${language} has other keys than ja`);
  return all;
}

export function words(): Plugin {
  let root = ".";
  return {
    name: "kiosk-words",
    configResolved(config) {
      root = config.root;
    },
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      for (const language of LANGUAGES) this.addWatchFile(catalogue(root, language));
      return `export default ${JSON.stringify(readAllWords(root))}`;
    },
  };
}
