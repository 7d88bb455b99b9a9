/** A small service at the other end of the wire, and a wire that can be cut. */
import type { DayList, HeartbeatAnswer, ListedMember, Scan, Verdict } from "../src/protocol";
import type { Mark } from "../src/roll";
import { vi } from "vitest";

export const SESSION = "01990000-0000-7000-8000-000000000003";
export const PASS = "01990000-0000-7000-8000-00000000a001";
export const NOW = Date.parse("2026-11-22T15:05:00+09:00");

const CONFIGURATION = {
  kiosk_id: "k", label: "入口", facilities: ["tsukurun-takasaki"], direction: "auto" as const, languages: ["ja", "en"], language: "ja",
  timezone: "Asia/Tokyo", answer_wait_ms: 250, verdict_seconds: 4, demo: false,
};

export function member(key: string, number: string, more: Partial<ListedMember> = {}): ListedMember {
  return { member_key: key, shown_name: key, number, pass_ids: [], programs: ["tsukurun-free"], bookings: [], family: [], is_held: false, ...more };
}

export function dayList(more: Partial<DayList> = {}): DayList {
  return {
    from_on: "2026-11-22", until_on: "2026-12-06", configuration: CONFIGURATION,
    facilities: [{
      code: "tsukurun-takasaki", names: { ja: "tsukurun", en: "tsukurun" }, capacity: 40, door_minutes: 30,
      days: ["2026-11-22", "2026-11-23"].map((on) => ({ on, open: [{ opens_at: `${on}T10:00:00+09:00`, closes_at: `${on}T18:00:00+09:00` }] })),
    }],
    sessions: [{
      id: SESSION, facility: "tsukurun-takasaki", program: "tsukurun-free", names: { ja: "じゆうせいさく", en: "Free making" },
      starts_at: "2026-11-22T15:00:00+09:00", ends_at: "2026-11-22T17:00:00+09:00", door_opens_at: "2026-11-22T14:30:00+09:00", walk_in: 10, web_left: 0,
    }],
    members: [member("yui", "12345671"), member("ren", "00000000")],
    keys: [], revoked_passes: [],
    ...more,
  };
}

export class Service {
  readonly received: Scan[] = [];
  readonly batches: number[] = [];
  readonly known = new Map<string, Verdict>();
  list = dayList();
  etag = '"1"';
  inside = 5;
  isUp = true;
  isRevoked = false;
  losesAnswers = 0;
  delay = 0;
  answer: (scan: Scan) => Partial<Verdict> = () => ({ verdict: "welcome", code: "welcome-walk-in", facility: "tsukurun-takasaki", session: SESSION });
  poison: string | null = null;
  readonly marks: Mark[] = [];
  hasRollCall = true;

  constructor(private readonly clock: () => number) {
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.receive(url, init));
  }

  private async receive(url: string, init: RequestInit): Promise<Response> {
    if (!this.isUp) throw new TypeError("network");
    if (this.delay) await new Promise((resolve) => setTimeout(resolve, this.delay));
    const response = this.respond(url, init);
    if (this.losesAnswers > 0) {
      this.losesAnswers -= 1;
      throw new TypeError("the answer is lost");
    }
    return response;
  }

  private respond(url: string, init: RequestInit): Response {
    const headers = init.headers as Record<string, string>;
    if (this.isRevoked) return Response.json({ code: "kiosk-revoked" }, { status: 401 });
    if (url.endsWith("/kiosk/day-list")) {
      return headers["If-None-Match"] === this.etag ? new Response(null, { status: 304 }) : Response.json(this.list, { headers: { ETag: this.etag } });
    }
    const body = JSON.parse(String(init.body)) as { scans: Scan[]; marks: Mark[] };
    if (url.endsWith("/kiosk/roll-call")) {
      if (!this.hasRollCall) return Response.json({ code: "not-found" }, { status: 404 });
      if (body.marks.some((mark) => mark.nonce === this.poison)) return Response.json({ code: "malformed-request" }, { status: 400 });
      this.marks.push(...body.marks);
      return Response.json({ accepted: body.marks.map((mark) => mark.nonce) });
    }
    if (url.endsWith("/kiosk/heartbeat")) return Response.json(this.heartbeat());
    this.batches.push(body.scans.length);
    if (body.scans.some((scan) => scan.token === this.poison)) return Response.json({ code: "malformed-request" }, { status: 400 });
    return Response.json({ verdicts: body.scans.map((scan) => this.take(scan)) });
  }

  private take(scan: Scan): Verdict {
    this.received.push(scan);
    const known = this.known.get(scan.nonce) ?? ({ nonce: scan.nonce, verdict: "welcome", code: "welcome", ...this.answer(scan) } satisfies Verdict);
    this.known.set(scan.nonce, known);
    return known;
  }

  private heartbeat(): HeartbeatAnswer {
    return {
      server_time: new Date(this.clock()).toISOString(), configuration: this.list.configuration, last_seq: Math.max(0, ...this.received.map((scan) => scan.seq)),
      day_list_etag: this.etag, facilities: [{ code: "tsukurun-takasaki", inside: this.inside, is_closed: false }], sessions: [], inside: [],
    };
  }
}
