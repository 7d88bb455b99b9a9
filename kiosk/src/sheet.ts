/** Whom to call, sealed under the staff PIN: opened in memory, never written down. */
import { unzlibSync } from "fflate";
import { fromBase64Url } from "./pass";
import type { SealedSheet, StaffSheet } from "./protocol";

/** What is inside, or null when the PIN is another one. */
export async function openSheet({ salt, iterations, nonce, sealed }: SealedSheet, pin: string): Promise<StaffSheet | null> {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt: fromBase64Url(salt), iterations };
  const key = await crypto.subtle.deriveKey(derivation, typed, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64Url(nonce) }, key, fromBase64Url(sealed)).catch(() => null);
  if (opened === null) return null;
  return JSON.parse(new TextDecoder().decode(unzlibSync(new Uint8Array(opened)))) as StaffSheet;
}
