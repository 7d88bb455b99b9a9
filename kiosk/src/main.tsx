/** Starts the kiosk: opens the store, draws the screen, listens to keys, and keeps this build on the device. */
import { render } from "preact";
import { App, Guard, Restarting } from "./app";
import { fillScreen, keepAwake } from "./device";
import { hearKeys } from "./keys";
import { Kiosk } from "./kiosk";
import "./kiosk.css";
import { restartAfter } from "./restart";
import { KioskContext } from "./use";
import { prepare, unlock } from "./voice";

const BASE = import.meta.env.BASE_URL;
const LOOK_FOR_UPDATE_MS = 30 * 60_000;

/** The pairing code of `#pair=CODE`, taken out of the address. */
function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get("pair");
  if (code !== null) history.replaceState(null, "", location.pathname);
  return code || null;
}

/** The demonstration page shows a code by a click; no other page may, and no kiosk in earnest listens. */
function hearDemonstration(kiosk: Kiosk): void {
  window.addEventListener("message", async (event: MessageEvent<{ type?: string; token?: string }>) => {
    const isAsked = event.origin === location.origin && event.data?.type === "booking-demo-scan" && typeof event.data.token === "string";
    if (!isAsked || !kiosk.list.value?.configuration.demo) return;
    const verdict = await kiosk.telling.scan(event.data.token ?? "");
    event.source?.postMessage({ type: "booking-demo-verdict", verdict: verdict?.verdict ?? null, code: verdict?.code ?? null }, { targetOrigin: location.origin });
  });
}

/** Keep this build on the device, and begin with a newer one when the kiosk is idle. */
async function keepOnDevice(kiosk: Kiosk): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  const worker = navigator.serviceWorker;
  let isNew = worker.controller === null;
  worker.addEventListener("controllerchange", () => {
    if (!isNew) location.reload();
    isNew = false;
  });
  const registration = await worker.register(`${BASE}sw.js`, { scope: BASE, updateViaCache: "none" });
  const offer = (): void => {
    if (registration.waiting !== null && worker.controller !== null) kiosk.update(() => registration.waiting?.postMessage("take-over"));
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  offer();
  setInterval(() => void registration.update().catch(() => undefined), LOOK_FOR_UPDATE_MS);
}

/** The first touch lets the kiosk sound and fill the screen; in the demonstration it is a frame among others. */
function useTouches(kiosk: Kiosk): void {
  prepare();
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => kiosk.touched(), { capture: true, passive: true });
  addEventListener("pointerup", () => {
    unlock();
    if (kiosk.list.value !== null && !kiosk.list.value.configuration.demo) fillScreen();
  });
  addEventListener("contextmenu", (event) => event.preventDefault());
}

addEventListener("error", (event) => event.error instanceof Error && restartAfter(event.error));
addEventListener("unhandledrejection", (event) => console.error(event.reason));
const root = document.getElementById("app") as HTMLElement;
try {
  const kiosk = await Kiosk.open();
  render(<KioskContext.Provider value={kiosk}><Guard><App /></Guard></KioskContext.Provider>, root);
  hearKeys(kiosk);
  hearDemonstration(kiosk);
  useTouches(kiosk);
  void keepOnDevice(kiosk).catch(console.error);
  void keepAwake();
  await kiosk.start(takeCode());
} catch (error) {
  render(<Restarting />, root);
  restartAfter(error);
}
