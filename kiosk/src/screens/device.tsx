/** What is and was wrong with this device, and what staff set on it. */
import { Text } from "../parts";
import type { DeviceSettings } from "../store";
import { crashes } from "../restart";
import { useKiosk } from "../use";
import { play, speak } from "../voice";
import { plain, say, when } from "../words";
import { Picks } from "./group";

const MEGABYTE = 1024 * 1024;
const MOST = 30;

export function FaultList() {
  const { kiosk, t } = useKiosk();
  const { device, staff } = kiosk;
  const at = (ms: number | string): string => when(kiosk.language.value, new Date(ms).toISOString(), kiosk.timezone.value);
  const now = device.story.value.filter((one) => one.ended_at === null);
  const before = device.story.value.filter((one) => one.ended_at !== null);
  const { value: storage } = device.storage;
  return (
    <div class="faults">
      <section class="sheet"><h2><Text of={t("faults.now")} /></h2>
        <ul class="lines">
          {!now.length && <li><Text of={t("faults.none")} /></li>}
          {now.map((one) => <li key={one.code}><b><Text of={t(`fault.${one.code}`)} /></b> {at(one.began_at)} 〜 <code>{one.code}</code></li>)}
        </ul>
      </section>
      <section class="sheet"><h2><Text of={t("faults.here")} /></h2>
        <ul class="lines">
          <li><Text of={t("faults.waiting", { n: kiosk.waiting.value })} /></li>
          <li><Text of={t("faults.differences", { n: staff.differences.value.length })} /></li>
          {storage !== null && <li><Text of={t("faults.storage", { used: Math.round(storage.used / MEGABYTE), quota: Math.round(storage.quota / MEGABYTE) })} /></li>}
          <li><Text of={t("faults.version", { version: __VERSION__ })} /></li>
        </ul>
      </section>
      {staff.parked.value.length > 0 && (
        <section class="sheet"><h2><Text of={t("faults.parked")} /></h2>
          <ul class="lines">{staff.parked.value.map((entry) => <li key={entry.seq}>{at(entry.scan.scanned_at)} <code>{entry.outcome.verdict.code}</code> {staff.people.value.get(entry.person ?? "")?.name ?? ""}</li>)}</ul>
        </section>
      )}
      {staff.differences.value.length > 0 && (
        <section class="sheet"><h2><Text of={t("faults.different")} /></h2>
          <ul class="lines">{staff.differences.value.slice(0, MOST).map((one, index) => <li key={index}>{at(one.at)} <code>{one.told}</code></li>)}</ul>
        </section>
      )}
      {before.length + crashes().length > 0 && (
        <section class="sheet"><h2><Text of={t("faults.before")} /></h2>
          <ul class="lines">
            {before.slice(0, MOST).map((one) => <li key={`${one.code}${one.began_at}`}><Text of={t(`fault.${one.code}`)} /> {at(one.began_at)} 〜 {at(one.ended_at ?? one.began_at)}</li>)}
            {crashes().map((one) => <li key={one.at}><Text of={t("fault.app-crashed")} /> {at(one.at)} <code>{one.what}</code></li>)}
          </ul>
        </section>
      )}
    </div>
  );
}

const LOUD = [["0", "device.loud.0"], ["0.25", "device.loud.1"], ["0.5", "device.loud.2"], ["1", "device.loud.3"]] as const;

export function Settings() {
  const { kiosk, t } = useKiosk();
  const { device } = kiosk;
  const { value: settings } = device.settings;
  const change = (to: Partial<DeviceSettings>): void => void device.change(to);
  const levels = LOUD.map(([level, word]) => [level, t(word)] as const);
  return (
    <div class="settings">
      <CameraChoices />
      <Picks name={t("device.low")} of={[["on", t("device.low.on")], ["off", t("device.low.off")]]} picked={settings.isLow ? "on" : "off"} onPick={(to) => change({ isLow: to === "on" })} />
      <Picks name={t("device.sound")} of={levels} picked={String(settings.sound) as "0"} onPick={(to) => change({ sound: Number(to) })} />
      <Picks name={t("device.voice")} of={levels} picked={String(settings.voice) as "0"} onPick={(to) => change({ voice: Number(to) })} />
      <button class="key" type="button" onClick={() => tryOut(kiosk.language.value)}><span><Text of={t("device.test")} /></span></button>
    </div>
  );
}

function tryOut(language: string): void {
  play("welcome");
  speak(plain(say(language, "welcome")), language);
}

function CameraChoices() {
  const { kiosk, t } = useKiosk();
  const { camera, device } = kiosk;
  const chosen = device.settings.value.camera;
  const named = camera.cameras.value.map((one, index) => [one.id, one.label || t("device.camera.nth", { n: index + 1 })] as const);
  const picked = chosen === null ? "any" : chosen === "none" ? "none" : (named.find(([id, label]) => id === chosen.id || label === chosen.label)?.[0] ?? "any");
  const pick = (id: string): void => {
    const found = camera.cameras.value.find((one) => one.id === id);
    const choice = id === "none" ? "none" : id === "any" || found === undefined ? null : found;
    void device.change({ camera: choice });
    void camera.choose(choice);
  };
  return (
    <>
      <Picks name={t("device.camera")} of={[["any", t("device.camera.any")], ...named, ["none", t("device.camera.none")]]} picked={picked} onPick={pick} />
      <p role="status"><Text of={t(`device.camera.${camera.state.value}`)} /></p>
    </>
  );
}
