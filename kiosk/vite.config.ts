import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { precache } from "./plugins/precache.ts";
import { words } from "./plugins/words.ts";

const { version } = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8")) as { version: string };

export default defineConfig({
  base: "/kiosk/",
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [words(), precache(["./", "manifest.webmanifest", "icon.svg", "icon-192.png", "icon-512.png"])],
  worker: { format: "es" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { testTimeout: 60_000, hookTimeout: 60_000 },
  build: {
    target: ["chrome92", "safari15.4", "firefox102"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: "index.html", sw: "src/sw.ts" },
      output: { entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
});
