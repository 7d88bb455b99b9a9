/** Talking to the service. Whatever is not an answer of the service itself is `Unreachable`. */
import type { Mark } from "./roll";
import type { DayList, Heartbeat, HeartbeatAnswer, Paired, Scan, Verdict } from "./protocol";
import { isAccepted, isDayList, isHeartbeatAnswer, isPaired, isVerdicts } from "./sound";

/** No answer of the service. `isBroken`: it is there and broke over what it was asked. */
export class Unreachable extends Error {
  constructor(message: string, readonly isBroken = false) {
    super(message);
  }
}

/** The service said no, with a stable code. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string) {
    super(code);
  }
}

export interface Api {
  pair(code: string): Promise<Paired>;
  dayList(etag: string): Promise<{ list: DayList; etag: string } | null>;
  heartbeat(said: Heartbeat): Promise<HeartbeatAnswer>;
  scans(scans: Scan[]): Promise<Verdict[]>;
  /** Nonces of the ticks the service has now. */
  rollCall(marks: Mark[]): Promise<string[]>;
}

const TIMEOUT_MS = 10_000;
/** A list may be large and a line slow. */
const LIST_TIMEOUT_MS = 60_000;

export function createApi(token: () => string | undefined, language: () => string, base = "/api/v1"): Api {
  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, patience = TIMEOUT_MS): Promise<Response> {
    const bearer = token();
    const init: RequestInit = {
      method,
      headers: {
        "Accept": "application/json",
        "Accept-Language": language() === "ja-easy" ? "ja" : language(),
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      cache: "no-store",
      credentials: "omit",
      signal: timeout(patience),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await fetch(base + path, init).catch((error: unknown) => {
      throw new Unreachable(String(error));
    });
    if (response.ok || response.status === 304) return response;
    if (response.status >= 500 || response.status === 429 && path !== "/kiosks/pair") throw new Unreachable(String(response.status), response.status === 500);
    throw new Refused(response.status, await codeOf(response));
  }
  return {
    pair: async (code) => read(await ask("POST", "/kiosks/pair", { code }), isPaired),
    async dayList(etag) {
      const response = await ask("GET", "/kiosk/day-list", undefined, etag ? { "If-None-Match": etag } : {}, LIST_TIMEOUT_MS);
      return response.status === 304 ? null : { list: await read(response, isDayList), etag: strong(response.headers.get("ETag") ?? "") };
    },
    heartbeat: async (said) => read(await ask("POST", "/kiosk/heartbeat", said), isHeartbeatAnswer),
    rollCall: async (marks) => (await read(await ask("POST", "/kiosk/roll-call", { marks }), isAccepted)).accepted,
    scans: async (scans) => (await read(await ask("POST", "/kiosk/scans", { scans }), isVerdicts)).verdicts.map(understood),
  };
}

/** A kind of answer that only a newer kiosk knows goes to the desk. */
function understood(verdict: Verdict): Verdict {
  const kinds: string[] = ["welcome", "goodbye", "refused", "ask"];
  return kinds.includes(verdict.verdict) ? verdict : { ...verdict, verdict: "refused" };
}

function timeout(patience: number): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), patience);
  return stop.signal;
}

/** A proxy that packs answers calls the mark of a list weak; it is the same list. */
const strong = (etag: string): string => etag.replace(/^W\//, "");

async function read<T>(response: Response, isSound: (found: unknown) => found is T): Promise<T> {
  const found: unknown = await response.json().catch((error: unknown) => {
    throw new Unreachable(String(error));
  });
  if (!isSound(found)) throw new Unreachable("not an answer of the service");
  return found;
}

/** A proxy's own page is not the service's refusal. */
async function codeOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { code?: unknown } | null;
  if (typeof body?.code !== "string") throw new Unreachable(String(response.status));
  return body.code;
}
