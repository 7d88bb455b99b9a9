/** Starts the kiosk: opens the store, draws the screen, listens to keys, and keeps this build on the device. */
import { render } from "preact";
import { App } from "./app";
import { Kiosk } from "./kiosk";
import "./kiosk.css";
import { KioskContext } from "./use";
import { Wedge } from "./wedge";

const BASE = import.meta.env.BASE_URL;
const LOOK_FOR_UPDATE_MS = 30 * 60_000;

/** The pairing code of `#pair=CODE`, taken out of the address. */
function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get("pair");
  if (code !== null) history.replaceState(null, "", location.pathname);
  return code;
}

function hearKeys(kiosk: Kiosk): void {
  const wedge = new Wedge();
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    const heard = wedge.press(event.key, event.code, event.timeStamp);
    if (heard === "leave") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (heard !== "swallow") void kiosk.scan(heard.text);
  }, { capture: true });
  window.addEventListener("keyup", (event) => {
    if (event.key === "Escape" && ["verdict", "call", "walk-in"].includes(kiosk.screen.value.is)) kiosk.home();
  });
}

/** The demonstration page shows a code by a click; no other page may, and no kiosk in earnest listens. */
function hearDemonstration(kiosk: Kiosk): void {
  window.addEventListener("message", async (event: MessageEvent<{ type?: string; token?: string }>) => {
    const isAsked = event.origin === location.origin && event.data?.type === "booking-demo-scan" && typeof event.data.token === "string";
    if (!isAsked || !kiosk.list.value?.configuration.demo) return;
    const verdict = await kiosk.scan(event.data.token ?? "");
    event.source?.postMessage({ type: "booking-demo-verdict", verdict: verdict?.verdict ?? null, code: verdict?.code ?? null }, { targetOrigin: location.origin });
  });
}

async function keepOnDevice(kiosk: Kiosk): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  let isFirst = navigator.serviceWorker.controller === null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!isFirst) kiosk.update();
    isFirst = false;
  });
  const registration = await navigator.serviceWorker.register(`${BASE}sw.js`, { scope: BASE, updateViaCache: "none" });
  setInterval(() => void registration.update().catch(() => undefined), LOOK_FOR_UPDATE_MS);
}

async function keepAwake(): Promise<void> {
  const ask = async (): Promise<void> => {
    if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", () => void ask());
  await ask();
}

const kiosk = await Kiosk.open();
render(<KioskContext.Provider value={kiosk}><App /></KioskContext.Provider>, document.getElementById("app") as HTMLElement);
hearKeys(kiosk);
hearDemonstration(kiosk);
void keepOnDevice(kiosk);
void keepAwake();
await kiosk.start(takeCode());
