/** Finds QR codes in a frame, away from the thread that draws the screen. The decoder is an asset of this build. */
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";
import type { Seen } from "./held";

prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasm : prefix + path) } });
const detector = new BarcodeDetector({ formats: ["qr_code"] });

addEventListener("message", async (event: MessageEvent<ImageBitmap | ImageData>) => {
  const { width, height } = event.data;
  const found = await detector.detect(event.data).catch(() => []);
  if ("close" in event.data) event.data.close();
  postMessage(found.map(({ rawValue, boundingBox: box }): Seen => (
    { text: rawValue, off: Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2) }
  )));
});
