/** Digits typed on the keys of the screen or of a board, however fast. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export interface Digits {
  shown: string;
  add: (digit: string) => void;
  remove: () => void;
  clear: () => void;
  /** What was typed by now, also before it is drawn. */
  typed: () => string;
}

/** `onDigit` hears every digit, before it is taken, and may refuse it. */
export function useDigits(longest: number, onDigit: () => boolean): Digits {
  const [shown, setShown] = useState("");
  const typed = useRef("");
  const become = (text: string): void => {
    typed.current = text;
    setShown(text);
  };
  return {
    shown,
    add: (digit) => void (onDigit() && become((typed.current + digit).slice(0, longest))),
    remove: () => become(typed.current.slice(0, -1)),
    clear: () => become(""),
    typed: () => typed.current,
  };
}

/** Let a keyboard type them; Enter goes on, unless it presses a button. */
export function useKeys(digits: Digits, go: () => void): void {
  const latest = useRef({ digits, go });
  latest.current = { digits, go };
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { digits, go } = latest.current;
      const digit = event.key.normalize("NFKC");
      if (/^[0-9]$/.test(digit)) digits.add(digit);
      else if (event.key === "Backspace") digits.remove();
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) go();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

interface PadProps {
  digits: Digits;
  remove: ComponentChildren;
  removeName: string;
  go: ComponentChildren;
  onGo: () => void;
}

/** The keys on the screen. */
export function Pad({ digits, remove, removeName, go, onGo }: PadProps) {
  return (
    <div class="pad">
      {DIGITS.map((digit) => <button class="key" type="button" key={digit} onClick={() => digits.add(digit)}>{digit}</button>)}
      <button class="key" type="button" aria-label={removeName} onClick={digits.remove}>{remove}</button>
      <button class="key" type="button" onClick={() => digits.add("0")}>0</button>
      <button class="key primary" type="button" onClick={onGo}>{go}</button>
    </div>
  );
}
