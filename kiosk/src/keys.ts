/** Every key goes through here first: a scanner that types is heard whatever has the keys, and fingers are left alone. */
import type { Kiosk } from "./kiosk";
import { Wedge } from "./wedge";

/** A field that a scanner typed into gets back what was in it before. */
class Field {
  private before = "";

  constructor(private readonly wedge: Wedge) {}

  look(field: HTMLInputElement, at: number): void {
    if (!this.wedge.isMidway(at)) this.before = field.value;
  }

  restore(field: HTMLInputElement): void {
    if (field.value === this.before) return;
    field.value = this.before;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export function hearKeys(kiosk: Kiosk): void {
  const wedge = new Wedge();
  const kept = new Field(wedge);
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.altKey && event.code === "KeyK") kiosk.openStaff();
    const field = event.target instanceof HTMLInputElement ? event.target : null;
    const isTheirs = field !== null && (kiosk.screen.value.is === "pairing" || event.repeat || event.isComposing);
    if (event.ctrlKey || event.altKey || event.metaKey || isTheirs) return;
    if (field !== null) kept.look(field, event.timeStamp);
    const heard = wedge.press(event.key, event.code, event.timeStamp);
    if (heard === "leave") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (field !== null) kept.restore(field);
    if (heard !== "swallow") void kiosk.telling.scan(heard.text);
  }, { capture: true });
  window.addEventListener("keyup", (event) => {
    if (event.key === "Escape") kiosk.escape();
  });
}
