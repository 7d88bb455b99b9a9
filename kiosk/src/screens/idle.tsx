/** Waiting for a code: what to do, the camera, how full it is, the other ways in, every language in sight. */
import { useEffect, useRef } from "preact/hooks";
import { NEAR_MS, isOpen } from "../answers";
import { isStorageLow } from "../faults";
import type { Kiosk } from "../kiosk";
import { Icon, Mosaic, Squares, Text } from "../parts";
import { seatsToWalkIn } from "../turns";
import { useKiosk } from "../use";
import { needsTouch } from "../voice";
import { plain, span, time } from "../words";
import { Bar, Languages } from "./common";

export function Idle() {
  const { kiosk, t } = useKiosk();
  const { value } = kiosk.screen;
  const chosen = value.is === "idle" ? value.chosen : null;
  return (
    <main class="idle">
      <Bar />
      <div class="say">
        <h1><Text of={chosen === null ? t("show-code") : t("walk-in.chosen", { label: chosen.label })} /></h1>
        <p class="soft"><Text of={t(needsTouch.value ? "touch" : "show-code.detail")} /></p>
      </div>
      <CameraPicture />
      <Info />
      <div class="acts">
        {chosen === null
          ? <button class="key" type="button" onClick={() => kiosk.open("walk-in")}><Icon name="walk" /><span><Text of={t("walk-in")} /></span></button>
          : <button class="key" type="button" onClick={() => kiosk.home()}><span><Text of={t("stop")} /></span></button>}
        <button class="key" type="button" onClick={() => kiosk.open("number")}><Icon name="keys" /><span><Text of={t("by-number")} /></span></button>
        <button class="key" type="button" onClick={() => kiosk.open("call")}><Icon name="bell" /><span><Text of={t("call")} /></span></button>
      </div>
      <div class="foot"><Others /><Languages /></div>
    </main>
  );
}

/** Help, and the buttons within reach of somebody who sits or is small. */
function Others() {
  const { kiosk, t } = useKiosk();
  return (
    <div class="others">
      <button type="button" onClick={() => kiosk.open("help")}><Icon name="help" /><span><Text of={t("help.title")} /></span></button>
      {!kiosk.device.settings.value.isLow && (
        <button type="button" aria-pressed={kiosk.asksLow.value} onClick={() => (kiosk.asksLow.value = !kiosk.asksLow.value)}>
          <Icon name="low" /><span><Text of={t("low")} /></span>
        </button>
      )}
    </div>
  );
}

/** Whether every facility of this door was closed at once: nobody enters, everybody may leave. */
export function isClosedNow(kiosk: Kiosk): boolean {
  const served = (kiosk.list.value?.configuration.facilities ?? []).map((code) => kiosk.door.facts?.facilities[code]);
  return served.length > 0 && served.every((one) => one?.is_closed ?? false);
}

/** Closed at once: the whole screen says so. Scanning goes on, for those who leave. */
export function ClosedNow() {
  const { kiosk, t } = useKiosk();
  return (
    <main class="verdict shut">
      <i class="band" aria-hidden="true" />
      <div class="answer wide" role="alert">
        <Mosaic of="refused" />
        <div class="text"><h1><Text of={t("shut.title")} /></h1><p class="what"><Text of={t("shut.detail")} /></p><p class="what"><Text of={t("shut.leave")} /></p></div>
      </div>
      <div class="after">
        <div class="two">
          <button class="key primary" type="button" onClick={() => kiosk.open("call")}><Icon name="bell" /><span><Text of={t("call")} /></span></button>
          <button class="key" type="button" onClick={() => kiosk.open("number")}><Icon name="keys" /><span><Text of={t("shut.number")} /></span></button>
        </div>
        <Bar />
        <Languages />
      </div>
      <i class="band" aria-hidden="true" />
    </main>
  );
}

function CameraPicture() {
  const { kiosk, t } = useKiosk();
  const video = useRef<HTMLVideoElement>(null);
  const { stream, state } = kiosk.camera;
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream.value;
  }, [stream.value]);
  const isSeen = state.value === "ok" || state.value === "coarse";
  return (
    <div class={isSeen ? "cam" : "cam blind"}>
      <video ref={video} class={isSeen ? "seen" : "hidden"} autoplay muted playsInline aria-label={plain(t("camera-picture"))} />
      {isSeen && <Frame />}
      {isSeen && <p class="lens"><span aria-hidden="true">▲</span><span><Text of={t(state.value === "coarse" ? "camera-coarse" : "camera-here")} /></span></p>}
      {state.value === "coarse" && <p class="lens below"><span><Text of={t("camera-coarse.detail")} /></span></p>}
      {!isSeen && (
        <div class="no-lens" role="status">
          <p><b><Text of={t(`camera-${state.value}`)} /></b></p>
          {state.value === "missing" && <p><Text of={t("camera-missing.detail")} /></p>}
        </div>
      )}
    </div>
  );
}

function Frame() {
  return <svg class="aim" viewBox="0 0 400 400" aria-hidden="true"><path class="frame" d="M60 120V70h50M290 70h50v50M340 320v50h-50M110 370H60v-50" /></svg>;
}

function Info() {
  const { kiosk, t } = useKiosk();
  const since = kiosk.connection.offlineSince.value;
  const language = kiosk.language.value;
  if (kiosk.list.value === null) return <section class="info offline-info"><div class="sheet" role="status"><p><Text of={t("preparing")} /></p></div></section>;
  if (since !== null) {
    const minutes = Math.max(0, Math.floor((kiosk.patience.tick.value + kiosk.connection.offset.value - since) / 60_000));
    const left = Math.max(0, 14 - Math.ceil(minutes / 1440));
    return (
      <Notice icon="offline" title={t("offline.title")}
        detail={t("offline.detail", { since: span(language, minutes), waiting: kiosk.waiting.value, days: span(language, left * 1440) })}
        more={kiosk.device.isPersistent.value ? "" : t("offline.storage")} />
    );
  }
  if (kiosk.connection.isClockWrong) {
    return <Notice icon="clock" title={t("clock-wrong", { minutes: span(language, Math.round(Math.abs(kiosk.connection.offset.value) / 60_000)) })} detail="" />;
  }
  if (isStorageLow(kiosk.device.storage.value)) return <Notice icon="care" title={t("storage-low")} detail={t("storage-low.detail")} />;
  const opens = whenOpen(kiosk);
  if (opens === "open") return <div class="info"><InsideNow /><Soon /></div>;
  const detail = opens === null ? t("closed.none") : t("closed.detail", { time: time(language, opens, kiosk.timezone.value) });
  return <Notice icon="clock" title={t("closed")} detail={detail} />;
}

/** Whether any facility of this door is open now, or else when one opens within half a day. */
function whenOpen(kiosk: Kiosk): "open" | number | null {
  void kiosk.news.value;
  const now = kiosk.connection.now();
  const served = (kiosk.list.value?.configuration.facilities ?? []).map((code) => kiosk.door.facts?.facilities[code]);
  if (served.some((one) => isOpen(one, now))) return "open";
  const openings = served.flatMap((one) => (one === undefined || one.is_closed ? [] : one.open)).map((one) => Date.parse(one.opens_at));
  const near = openings.filter((opens) => opens > now && opens <= now + NEAR_MS);
  return near.length ? Math.min(...near) : null;
}

function Notice({ icon, title, detail, more = "" }: { icon: "offline" | "clock" | "care"; title: string; detail: string; more?: string }) {
  return (
    <section class="info offline-info" role="status">
      <div class="offline">
        <p class="sign"><Icon name={icon} /></p>
        <div class="say-so"><h2><Text of={title} /></h2>{detail && <p><Text of={detail} /></p>}{more && <p><Text of={more} /></p>}</div>
      </div>
    </section>
  );
}

function InsideNow() {
  const { kiosk, t } = useKiosk();
  void kiosk.news.value;
  const facts = kiosk.door.facts;
  const served = (kiosk.list.value?.configuration.facilities ?? []).map((code) => facts?.facilities[code]).filter((one) => one !== undefined);
  const inside = served.reduce((sum, one) => sum + one.inside, 0);
  const capacity = served.reduce((sum, one) => sum + one.capacity, 0);
  const isAnyOpen = served.some((one) => isOpen(one, kiosk.connection.now()));
  const level = !isAnyOpen ? "closed" : inside >= capacity ? "full" : inside >= capacity * 0.6 ? "busy" : "quiet";
  const about = Math.round(inside / 5) * 5;
  return (
    <section class="sheet" aria-labelledby="inside">
      <h2 id="inside"><Text of={t("inside-now")} /></h2>
      <p class="figure"><b><Text of={inside < 5 ? t("few") : t("about", { n: about })} /></b> <span class="nowrap"><Text of={t("of", { capacity })} /></span> <span class="nowrap"><Text of={t(`level.${level}`)} /></span></p>
      {inside >= 5 && <Squares taken={about} capacity={capacity} />}
    </section>
  );
}

const MOST_SESSIONS = 3;

function Soon() {
  const { kiosk, t } = useKiosk();
  void kiosk.news.value;
  const [list, facts, now] = [kiosk.list.value, kiosk.door.facts, kiosk.connection.now()];
  const end = now + 12 * 3600_000;
  const coming = (list?.sessions ?? [])
    .filter((one) => list?.configuration.facilities.includes(one.facility) && Date.parse(one.ends_at) > now && Date.parse(one.starts_at) < end)
    .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))
    .slice(0, MOST_SESSIONS);
  return (
    <section class="sheet" aria-labelledby="soon">
      <h2 id="soon"><Text of={t("soon")} /></h2>
      {!coming.length && <p><Text of={t("soon.none")} /></p>}
      <ul>
        {coming.map((one) => {
          const session = facts?.sessions[one.id];
          const seats = session === undefined ? 0 : seatsToWalkIn(session, now);
          return (
            <li key={one.id}>
              <span><b class="num">{time(kiosk.language.value, one.starts_at, kiosk.timezone.value)}</b> {kiosk.names.ofPlace(one.facility, one.id, "")}</span>
              {one.walk_in > 0 && <span><Text of={seats > 0 ? t("seats-left", { n: seats }) : t("seats-none")} /></span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
