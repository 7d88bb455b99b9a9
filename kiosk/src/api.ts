/** Talking to the service. Whatever is not an answer of the service itself is `Unreachable`. */
import type { Mark } from "./roll";
import type { DayList, Heartbeat, HeartbeatAnswer, Paired, Scan, Verdict } from "./protocol";

export class Unreachable extends Error {}

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

export function createApi(token: () => string | undefined, language: () => string, base = "/api/v1"): Api {
  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
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
      signal: timeout(),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await fetch(base + path, init).catch((error: unknown) => {
      throw new Unreachable(String(error));
    });
    if (response.ok || response.status === 304) return response;
    if (response.status >= 500 || response.status === 429 && path !== "/kiosks/pair") throw new Unreachable(String(response.status));
    throw new Refused(response.status, await codeOf(response));
  }
  return {
    pair: async (code) => read<Paired>(await ask("POST", "/kiosks/pair", { code })),
    async dayList(etag) {
      const response = await ask("GET", "/kiosk/day-list", undefined, etag ? { "If-None-Match": etag } : {});
      return response.status === 304 ? null : { list: await read<DayList>(response), etag: response.headers.get("ETag") ?? "" };
    },
    heartbeat: async (said) => read<HeartbeatAnswer>(await ask("POST", "/kiosk/heartbeat", said)),
    rollCall: async (marks) => (await read<{ accepted: string[] }>(await ask("POST", "/kiosk/roll-call", { marks }))).accepted,
    scans: async (scans) => (await read<{ verdicts: Verdict[] }>(await ask("POST", "/kiosk/scans", { scans }))).verdicts.map(understood),
  };
}

/** A kind of answer that only a newer kiosk knows goes to the desk. */
function understood(verdict: Verdict): Verdict {
  const kinds: string[] = ["welcome", "goodbye", "refused", "ask"];
  return kinds.includes(verdict.verdict) ? verdict : { ...verdict, verdict: "refused" };
}

function timeout(): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), TIMEOUT_MS);
  return stop.signal;
}

async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

/** A proxy's own page is not the service's refusal. */
async function codeOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { code?: string };
  if (body.code === undefined) throw new Unreachable(String(response.status));
  return body.code;
}
