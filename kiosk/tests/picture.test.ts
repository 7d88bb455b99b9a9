import { describe, expect, it } from "vitest";
import { credentialOf, isShownBy } from "../src/credential";
import { lookUp, stateOf } from "../src/picture";
import type { HeartbeatAnswer } from "../src/protocol";
import { settledBy } from "../src/outcome";
import type { Entry } from "../src/store";
import { NOW, PASS, SESSION, dayList, member } from "./service";

const PLACE = "tsukurun-takasaki";

function live(more: Partial<HeartbeatAnswer> = {}): HeartbeatAnswer {
  return {
    server_time: "2026-11-22T15:00:00+09:00", configuration: dayList().configuration, last_seq: 0, day_list_etag: "",
    facilities: [{ code: PLACE, inside: 12, is_closed: false }], sessions: [], inside: [], ...more,
  };
}

describe("what the kiosk knows", () => {
  it("is the list alone before the first heartbeat", () => {
    const state = stateOf(dayList(), null, [], NOW);
    expect(state.facilities[PLACE]).toMatchObject({ inside: 0, is_closed: false, capacity: 40 });
    expect(state.sessions[SESSION]).toMatchObject({ label: "じゆうせいさく", walked_in: 0 });
  });

  it("takes who is inside, seats used and closing at once from the heartbeat", () => {
    const state = stateOf(dayList(), live({
      facilities: [{ code: PLACE, inside: 12, is_closed: true, closed_at: "2026-11-22T15:00:00+09:00" }],
      sessions: [{ id: SESSION, walked_in: 4 }],
      inside: [
        { member_key: "yui", facility: PLACE, entered_at: "2026-11-22T14:40:00+09:00", session: SESSION, until: "2026-11-22T18:00:00+09:00" },
        { member_key: "nobody", facility: PLACE, entered_at: "2026-11-22T14:40:00+09:00" },
      ],
    }), [], NOW);
    expect(state.facilities[PLACE]).toMatchObject({ inside: 12, is_closed: true, closed_at: "2026-11-22T15:00:00+09:00" });
    expect(state.sessions[SESSION]?.walked_in).toBe(4);
    expect(state.people.yui?.visit?.facility).toBe(PLACE);
    expect(state.people.nobody).toBeUndefined();
  });

  it("lets go at closing whoever was inside, also without network", () => {
    const inside = [{ member_key: "yui", facility: PLACE, entered_at: "2026-11-22T14:40:00+09:00", until: "2026-11-22T18:00:00+09:00" }];
    const state = stateOf(dayList(), live({ inside }), [], Date.parse("2026-11-23T10:00:00+09:00"));
    expect(state.facilities[PLACE]?.inside).toBe(0);
    expect(state.people.yui?.visit ?? null).toBeNull();
  });
});

describe("whose credential it is", () => {
  const list = dayList({ members: [member("yui", "12345671", { pass_ids: [PASS] })], revoked_passes: ["01990000-0000-7000-8000-00000000a002"] });
  const claims = (pass_id: string) => ({ kid: 1, pass_id, valid_from: "2026-04-01T00:00:00Z", valid_until: "2033-03-31T15:00:00Z" });

  it("is a listed member's, a stranger's with a good signature, or nobody's", () => {
    expect(lookUp({ kind: "pass", token: "", read: { claims: claims(PASS), problem: null } }, list)).toMatchObject({ holder: "yui", problem: null, is_revoked: false });
    const other = "01990000-0000-7000-8000-00000000a003";
    expect(lookUp({ kind: "pass", token: "", read: { claims: claims(other), problem: null } }, list)).toMatchObject({ holder: `pass:${other}` });
    expect(lookUp({ kind: "pass", token: "", read: { claims: claims(other), problem: "pass-forged" } }, list)).toMatchObject({ holder: null, problem: "pass-forged" });
    expect(lookUp({ kind: "pass", token: "", read: { claims: null, problem: "pass-malformed" } }, list)).toMatchObject({ holder: null });
    expect(lookUp({ kind: "pass", token: "", read: { claims: claims("01990000-0000-7000-8000-00000000a002"), problem: null } }, list).is_revoked).toBe(true);
    expect(lookUp({ kind: "number", number: "00000000" }, list)).toMatchObject({ problem: "number-unknown" });
  });

  it("is read from anything that may be held up, and can always be sent", async () => {
    expect(await credentialOf("１２３４５６７１", dayList(), "2026-11-22")).toEqual({ kind: "number", number: "12345671" });
    const long = await credentialOf("😀".repeat(400), dayList(), "2026-11-22");
    expect(long).toMatchObject({ kind: "pass", read: { problem: "pass-malformed" } });
    expect(Array.from(long.kind === "pass" ? long.token : "").length).toBe(300);
    expect(await credentialOf("\ud83d", dayList(), "2026-11-22")).toMatchObject({ token: " " });
    expect(isShownBy(await credentialOf("１２３４５６７１", dayList(), "2026-11-22"), "12345671")).toBe(true);
    expect(isShownBy(await credentialOf("p1abc", dayList(), "2026-11-22"), "Ｐ1ABC")).toBe(true);
    expect(isShownBy({ kind: "heads", heads: 2, heads_of: "group", party: "", facility: PLACE, direction: "in" }, "2")).toBe(false);
  });
});

describe("an answer that differs from the kiosk's own", () => {
  const entry = (more: Partial<Entry>): Entry => ({
    seq: 1, scan: { nonce: "n", seq: 1, scanned_at: "", kind: "pass" }, person: "yui", facilities: [PLACE], visit: null, state: "waiting",
    outcome: { verdict: { nonce: "n", verdict: "refused", code: "session-full" }, happened_at: "2026-11-22T06:05:00.000Z", effects: [] }, ...more,
  });
  const elsewhere = { facility: "tsukurun-maebashi", entered_at: "2026-11-22T13:00:00+09:00" };
  const hows = (one: Entry, verdict: "welcome" | "goodbye" | "ask") =>
    settledBy(one, { nonce: "n", verdict, code: verdict, facility: PLACE }).effects.map((effect) => `${effect.do} ${effect.how} ${effect.facility}`);

  it("changes the picture as it says", () => {
    expect(hows(entry({}), "welcome")).toEqual([`enter answered ${PLACE}`]);
    expect(hows(entry({ visit: elsewhere }), "welcome")).toEqual(["leave move tsukurun-maebashi", `enter answered ${PLACE}`]);
    expect(hows(entry({ visit: { ...elsewhere, facility: PLACE } }), "welcome")).toEqual([]);
    expect(hows(entry({ visit: elsewhere }), "goodbye")).toEqual(["leave scan tsukurun-maebashi"]);
    expect(hows(entry({}), "goodbye")).toEqual([]);
    expect(hows(entry({ visit: elsewhere }), "ask")).toEqual([]);
  });
});
