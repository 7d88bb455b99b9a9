/** The camera: asks for 1920×1080, says when what it gets is too coarse, and hands the middle of each frame to the decoder. */
import { signal } from "@preact/signals";
import { Held } from "./held";
import type { Camera as State } from "./protocol";

const FINE_ENOUGH = { long: 1280, short: 720 };
const TRY_AGAIN_MS = 10_000;
const FRAME_MS = 66;
/** A browser may stop telling of frames of a video that is not drawn. */
const FRAME_OVERDUE_MS = 250;

export class Camera {
  readonly state = signal<State>("starting");
  readonly stream = signal<MediaStream | null>(null);
  private readonly held = new Held();
  private readonly worker = new Worker(new URL("./decode.worker.ts", import.meta.url), { type: "module" });
  private isDecoding = false;

  constructor(private readonly onCode: (code: string) => void) {
    this.worker.addEventListener("message", (event: MessageEvent<string[]>) => {
      this.isDecoding = false;
      for (const code of event.data) if (this.held.isNew(code, performance.now())) this.onCode(code);
    });
  }

  /** Open the camera, and again whenever it is gone. */
  async start(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: { ideal: "user" } },
      });
      stream.getVideoTracks()[0]?.addEventListener("ended", () => this.lost());
      this.stream.value = stream;
    } catch {
      this.lost();
    }
  }

  private lost(): void {
    this.state.value = "missing";
    this.stream.value = null;
    setTimeout(() => void this.start(), TRY_AGAIN_MS);
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
      const [long, short] = [Math.max(video.videoWidth, video.videoHeight), Math.min(video.videoWidth, video.videoHeight)];
      if (!short || this.isDecoding) return;
      this.state.value = long >= FINE_ENOUGH.long && short >= FINE_ENOUGH.short ? "ok" : "coarse";
      this.isDecoding = true;
      await this.hand(video, short).catch(() => (this.isDecoding = false));
    };
    next();
    return () => {
      isOn = false;
    };
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
