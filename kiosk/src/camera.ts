/** The camera: asks for 1920×1080, says when what it gets is too coarse, comes back by itself, and hands the middle of each frame to the decoder. */
import { signal } from "@preact/signals";
import { Held } from "./held";
import type { Seen } from "./held";
import type { Camera as State } from "./protocol";

const FINE_ENOUGH = { long: 1280, short: 720 };
const TRY_AGAIN_MS = 10_000;
const FRAME_MS = 66;
/** A browser may stop telling of frames of a video that is not drawn. */
const FRAME_OVERDUE_MS = 250;
/** A camera whose picture stands still, and a decoder that does not answer, are begun anew. */
const STANDSTILL_MS = 8000;

/** The camera chosen by staff. Identifiers may change when a browser forgets; the name stays. */
export interface CameraChoice {
  id: string;
  label: string;
}

/** Which of the cameras there are is the chosen one; null when none is, so that any will do. */
export function pickCamera(cameras: CameraChoice[], choice: CameraChoice | null): CameraChoice | null {
  if (choice === null) return null;
  return cameras.find((one) => one.id === choice.id) ?? cameras.find((one) => one.label !== "" && one.label === choice.label) ?? null;
}

export class Camera {
  readonly state = signal<State>("starting");
  readonly stream = signal<MediaStream | null>(null);
  readonly cameras = signal<CameraChoice[]>([]);
  /** Null for any; `"none"` for a kiosk that has a scanner instead. */
  private choice: CameraChoice | "none" | null = null;
  private readonly held = new Held();
  private worker: Worker;
  private decodingSince: number | null = null;
  private attempt = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private moved = { picture: -1, at: 0 };

  constructor(private readonly onCode: (code: string) => void) {
    this.worker = this.employ();
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.changed());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && !this.isAlive()) void this.start();
    });
  }

  private employ(): Worker {
    const worker = new Worker(new URL("./decode.worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", (event: MessageEvent<Seen[]>) => {
      this.decodingSince = null;
      const code = this.held.choose(event.data, performance.now());
      if (code !== null) this.onCode(code);
    });
    return worker;
  }

  /** Use another camera, any, or none. */
  async choose(choice: CameraChoice | "none" | null): Promise<void> {
    this.choice = choice;
    await this.start();
  }

  /** Open the camera, and again whenever it is gone. */
  async start(): Promise<void> {
    const attempt = (this.attempt += 1);
    clearTimeout(this.again);
    const wasMissing = this.state.value === "missing";
    this.stop();
    if (this.choice === "none") return;
    if (!wasMissing) this.state.value = "starting";
    try {
      const stream = await this.open();
      if (attempt !== this.attempt) return stopAll(stream);
      for (const track of stream.getVideoTracks()) track.addEventListener("ended", () => attempt === this.attempt && this.lost());
      this.moved = { picture: -1, at: performance.now() };
      this.stream.value = stream;
      await this.list();
    } catch {
      if (attempt === this.attempt) this.lost();
    }
  }

  private async open(): Promise<MediaStream> {
    const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
    const cameras = await this.list();
    const chosen = this.choice === "none" ? null : pickCamera(cameras, this.choice);
    const which = chosen === null ? { facingMode: { ideal: "user" } } : { deviceId: { exact: chosen.id } };
    return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, ...which } });
  }

  private async list(): Promise<CameraChoice[]> {
    const all = await navigator.mediaDevices.enumerateDevices();
    this.cameras.value = all.filter((one) => one.kind === "videoinput").map(({ deviceId, label }) => ({ id: deviceId, label }));
    return this.cameras.value;
  }

  /** Something was plugged in or out: what is gone is looked for, and a chosen camera that is back is taken. */
  private async changed(): Promise<void> {
    if (this.choice === "none") return;
    const chosen = pickCamera(await this.list(), this.choice);
    const used = this.stream.value?.getVideoTracks()[0]?.getSettings().deviceId;
    if (!this.isAlive() || (chosen !== null && used !== chosen.id)) await this.start();
  }

  private isAlive(): boolean {
    return this.stream.value?.getVideoTracks().some((track) => track.readyState === "live") ?? false;
  }

  private stop(): void {
    stopAll(this.stream.value);
    this.stream.value = null;
    this.state.value = "missing";
  }

  private lost(): void {
    this.stop();
    this.again = setTimeout(() => void this.start(), TRY_AGAIN_MS);
  }

  /** Watch a video element that shows the stream; returns how to stop. */
  watch(video: HTMLVideoElement): () => void {
    let isOn = true;
    let turn = 0;
    const next = (): void => {
      const mine = (turn += 1);
      const once = (): void => {
        if (isOn && mine === turn) void look();
      };
      const hasCallback = "requestVideoFrameCallback" in video;
      if (hasCallback) video.requestVideoFrameCallback(once);
      setTimeout(once, hasCallback ? FRAME_OVERDUE_MS : FRAME_MS);
    };
    const look = async (): Promise<void> => {
      next();
      this.restartWhatStands(video);
      const [long, short] = [Math.max(video.videoWidth, video.videoHeight), Math.min(video.videoWidth, video.videoHeight)];
      if (!short || this.decodingSince !== null || this.stream.value === null) return;
      this.state.value = long >= FINE_ENOUGH.long && short >= FINE_ENOUGH.short ? "ok" : "coarse";
      this.decodingSince = performance.now();
      await this.hand(video, short).catch(() => (this.decodingSince = null));
    };
    next();
    return () => {
      isOn = false;
    };
  }

  private restartWhatStands(video: HTMLVideoElement): void {
    const now = performance.now();
    if (this.decodingSince !== null && now - this.decodingSince > STANDSTILL_MS) {
      this.worker.terminate();
      this.worker = this.employ();
      this.decodingSince = null;
    }
    if (video.currentTime !== this.moved.picture || document.visibilityState !== "visible") this.moved = { picture: video.currentTime, at: now };
    else if (this.stream.value !== null && now - this.moved.at > STANDSTILL_MS) {
      this.moved.at = now;
      void video.play().catch(() => undefined);
      this.lost();
    }
  }

  /** Send the square in the middle to the decoder. */
  private async hand(video: HTMLVideoElement, side: number): Promise<void> {
    const [x, y] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    if ("OffscreenCanvas" in window) {
      const bitmap = await createImageBitmap(video, x, y, side, side);
      this.worker.postMessage(bitmap, [bitmap]);
      return;
    }
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    drawing?.drawImage(video, x, y, side, side, 0, 0, side, side);
    const data = drawing?.getImageData(0, 0, side, side);
    if (data !== undefined) this.worker.postMessage(data);
  }
}

function stopAll(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
