/// <reference types="vite/client" />

declare const __VERSION__: string;

declare module "virtual:words" {
  const words: Record<string, Record<string, string>>;
  export default words;
}
