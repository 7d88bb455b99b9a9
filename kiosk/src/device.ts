/** The device under the kiosk: what staff set on it, its storage, its screen, and the story of what was wrong with it. */
import { signal } from "@preact/signals";
import { faultsOf, retell, SENT_CODES } from "./faults";
import type { Condition, Fault, FaultCode } from "./faults";
import type { Heartbeat } from "./protocol";
import { crashes } from "./restart";
import type { DeviceSettings, Store } from "./store";
import { loudness } from "./voice";

const MEGABYTE = 1024 * 1024;
const NEW_DEVICE: DeviceSettings = { camera: null, isLow: false, sound: 0.5, voice: 1 };

export class Device {
  readonly settings = signal(NEW_DEVICE);
  readonly isPersistent = signal(false);
  readonly storage = signal<{ used: number; quota: number } | null>(null);
  readonly story = signal<Fault[]>([]);
  readonly faults = signal<FaultCode[]>([]);

  constructor(private readonly store: Store) {}

  /** Read what was set and what was wrong. A device that cannot say how full it is says nothing. */
  async start(): Promise<void> {
    this.settings.value = { ...NEW_DEVICE, ...(await this.store.get("settings")) };
    this.apply();
    this.story.value = (await this.store.get("faults")) ?? [];
    void navigator.storage?.persist?.().then((isGranted) => (this.isPersistent.value = isGranted)).catch(() => undefined);
    await this.measure();
  }

  async measure(): Promise<void> {
    const found = await navigator.storage?.estimate?.().catch(() => null);
    if (found?.quota !== undefined) this.storage.value = { used: found.usage ?? 0, quota: found.quota };
    if (!this.isPersistent.value) this.isPersistent.value = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
  }

  async change(settings: Partial<DeviceSettings>): Promise<void> {
    this.settings.value = { ...this.settings.value, ...settings };
    this.apply();
    await this.store.put("settings", this.settings.value);
  }

  private apply(): void {
    Object.assign(loudness, { sound: this.settings.value.sound, voice: this.settings.value.voice });
  }

  /** Look at everything once, and go on with the story. */
  async look(condition: Omit<Condition, "isPersistent" | "storage" | "crashedAt" | "hasCamera">, at: number): Promise<void> {
    const full: Condition = {
      ...condition, isPersistent: this.isPersistent.value, storage: this.storage.value, crashedAt: crashes()[0]?.at ?? null, hasCamera: this.settings.value.camera !== "none",
    };
    this.faults.value = faultsOf(full, at);
    const story = retell(this.story.value, this.faults.value, at);
    if (story === this.story.value) return;
    this.story.value = story;
    await this.store.put("faults", story);
  }

  /** What the heartbeat says of the device. */
  said(): Pick<Heartbeat, "is_storage_persistent" | "storage_used_mb" | "storage_quota_mb" | "faults"> {
    const { value } = this.storage;
    const sent: readonly string[] = SENT_CODES;
    return {
      is_storage_persistent: this.isPersistent.value,
      faults: this.faults.value.filter((code) => sent.includes(code)),
      ...(value === null ? {} : { storage_used_mb: megabytes(value.used), storage_quota_mb: megabytes(value.quota) }),
    };
  }
}

const megabytes = (bytes: number): number => Math.min(Math.round(bytes / MEGABYTE), 2 ** 31);

/** Keep the screen on, also after another app or the device let it go dark. */
export async function keepAwake(): Promise<void> {
  let isHeld = false;
  const ask = async (): Promise<void> => {
    if (document.visibilityState !== "visible" || isHeld) return;
    isHeld = true;
    const lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
    isHeld = lock !== undefined && !lock.released;
    lock?.addEventListener("release", () => {
      isHeld = false;
      setTimeout(() => void ask(), 1000);
    }, { once: true });
  };
  document.addEventListener("visibilitychange", () => void ask());
  await ask();
}

/** Fill the screen, where the browser has bars of its own. It may only at a touch. */
export function fillScreen(): void {
  const isFilled = ["fullscreen", "standalone"].some((mode) => matchMedia(`(display-mode: ${mode})`).matches);
  if (isFilled || document.fullscreenElement !== null || !document.fullscreenEnabled) return;
  void document.documentElement.requestFullscreen({ navigationUI: "hide" }).catch(() => undefined);
}
