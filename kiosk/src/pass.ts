/** The pass code: `P1` and BASE32 of 89 signed bytes, checked on the device; `booking/passes/rules.py` in TypeScript. */
import { verifyAsync } from "@noble/ed25519";
import type { ListedKey } from "./protocol";

const PREFIX = "P1";
const LENGTH = 145;
const CLAIMS_BYTES = 25;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export interface Claims {
  kid: number;
  pass_id: string;
  valid_from: string;
  valid_until: string;
}

/** A pass that is to be believed, or the code of why not. */
export type ReadPass = { claims: Claims; problem: null } | { claims: Claims | null; problem: string };

/** What a scanner on any keyboard layout meant: half width, upper case, no white space around. */
export function normalise(text: string): string {
  const half = text.replace(/[\u3000\uff01-\uff5e]/g, (c) => (c === "\u3000" ? " " : String.fromCharCode(c.charCodeAt(0) - 0xfee0)));
  return half.replace(/[a-z]/g, (c) => c.toUpperCase()).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

interface Decoded {
  claims: Claims;
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

/** Take a code apart without believing it; null when it is not exactly one pass code. */
export function decode(text: string): Decoded | null {
  const code = normalise(text);
  if (code.length !== LENGTH || !code.startsWith(PREFIX)) return null;
  const raw = fromBase32(code.slice(PREFIX.length));
  if (raw === null) return null;
  const view = new DataView(raw.buffer);
  const signed = new Uint8Array(PREFIX.length + CLAIMS_BYTES);
  signed.set([0x50, 0x31]);
  signed.set(raw.subarray(0, CLAIMS_BYTES), PREFIX.length);
  const claims = {
    kid: view.getUint8(0),
    pass_id: uuid(raw.subarray(1, 17)),
    valid_from: new Date(view.getUint32(17) * 1000).toISOString(),
    valid_until: new Date(view.getUint32(21) * 1000).toISOString(),
  };
  return { claims, signed, signature: raw.slice(CLAIMS_BYTES) };
}

/** Believe a pass that a known key signed; a retired key still counts. */
export async function readPass(text: string, keys: ListedKey[]): Promise<ReadPass> {
  const decoded = decode(text);
  if (decoded === null) return { claims: null, problem: "pass-malformed" };
  const key = keys.find((one) => one.kid === decoded.claims.kid);
  if (key === undefined) return { claims: decoded.claims, problem: "pass-unknown-key" };
  if (key.state === "revoked") return { claims: decoded.claims, problem: "pass-revoked" };
  const isGood = await isSigned(decoded, fromBase64Url(key.public_key));
  return isGood ? { claims: decoded.claims, problem: null } : { claims: decoded.claims, problem: "pass-forged" };
}

const imported = new Map<string, Promise<CryptoKey>>();

/** Check a signature with the browser's Ed25519, or in JavaScript where an old tablet has none. */
async function isSigned(decoded: Decoded, publicKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    const name = publicKey.join();
    const key = imported.get(name) ?? crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    imported.set(name, key);
    return await crypto.subtle.verify("Ed25519", await key, decoded.signature, decoded.signed);
  } catch {
    return verifyAsync(decoded.signature, decoded.signed, publicKey);
  }
}

/** BASE32 without padding and without stray bits, or null. */
function fromBase32(digits: string): Uint8Array<ArrayBuffer> | null {
  const raw = new Uint8Array(Math.floor((digits.length * 5) / 8));
  let bits = 0;
  let value = 0;
  let length = 0;
  for (const digit of digits) {
    const index = DIGITS.indexOf(digit);
    if (index < 0) return null;
    value = (value << 5) | index;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      raw[length++] = value >> bits;
      value &= (1 << bits) - 1;
    }
  }
  return value === 0 ? raw : null;
}

function uuid(raw: Uint8Array): string {
  const hex = Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}
