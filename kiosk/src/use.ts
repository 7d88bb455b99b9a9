/** The kiosk, for every screen. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Kiosk } from "./kiosk";
import { say } from "./words";
import type { Values } from "./words";

export const KioskContext = createContext<Kiosk | null>(null);

export function useKiosk(): { kiosk: Kiosk; t: (key: string, values?: Values) => string } {
  const kiosk = useContext(KioskContext);
  if (kiosk === null) throw new Error("a screen stands outside the kiosk");
  return { kiosk, t: (key, values) => say(kiosk.language.value, key, values) };
}
