/** Writes into the service worker which files of this build it keeps, so that every new build is a new worker. */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

export function precache(more: string[]): Plugin {
  return {
    name: "kiosk-precache",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk") throw new Error("the build has no sw.js");
        const built = Object.values(bundle).filter((file) => file.fileName !== "sw.js" && !file.fileName.endsWith(".map"));
        const files = [...built.map((file) => file.fileName).filter((name) => name.startsWith("assets/")), ...more].sort();
        const digest = createHash("sha256");
        for (const file of built.sort((a, b) => a.fileName.localeCompare(b.fileName))) digest.update(file.type === "chunk" ? file.code : file.source);
        const build = digest.digest("hex").slice(0, 12);
        worker.code = worker.code.replace("__PRECACHE__", JSON.stringify(files)).replace(/__BUILD__/g, JSON.stringify(build));
      },
    },
  };
}
