/** What several screens share: the bar above, the languages below, the time that is left. */
import { useEffect, useRef } from "preact/hooks";
import { isStorageLow } from "../faults";
import { Icon, Mark, Text } from "../parts";
import { useKiosk } from "../use";
import { LANGUAGE_NAMES, htmlLang, plain, time } from "../words";

const HELD_MS = 2000;

export function Bar() {
  const { kiosk, t } = useKiosk();
  const isOffline = kiosk.connection.offlineSince.value !== null;
  const now = new Date(kiosk.patience.tick.value + kiosk.connection.offset.value);
  return (
    <header class="bar">
      <p class="where"><Corner />{kiosk.list.value?.configuration.label ?? plain(t("title"))}</p>
      <Unsafe />
      <p class="net"><Icon name={isOffline ? "offline" : "online"} /><span><Text of={t(isOffline ? "offline" : "online")} /></span></p>
      <p class="clock"><time dateTime={now.toISOString()}>{time(kiosk.language.value, now, kiosk.timezone.value)}</time></p>
    </header>
  );
}

/** The mark, held for two seconds, opens the staff menu; staff with keys press Ctrl+Alt+K. */
function Corner() {
  const { kiosk } = useKiosk();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = (): void => clearTimeout(timer.current);
  const hold = (): void => {
    stop();
    timer.current = setTimeout(() => kiosk.openStaff(), HELD_MS);
  };
  useEffect(() => stop, []);
  return <span class="corner" onPointerDown={hold} onPointerUp={stop} onPointerLeave={stop} onPointerCancel={stop}><Mark /></span>;
}

/** For staff who look: this device may lose what it keeps. */
function Unsafe() {
  const { kiosk, t } = useKiosk();
  if (kiosk.list.value === null || (kiosk.device.isPersistent.value && !isStorageLow(kiosk.device.storage.value))) return null;
  return <p class="net unsafe"><Icon name="care" /><span><Text of={t("unsafe")} /></span></p>;
}

export function Languages() {
  const { kiosk, t } = useKiosk();
  const languages = kiosk.list.value?.configuration.languages ?? Object.keys(LANGUAGE_NAMES);
  return (
    <nav class="langs" aria-label={plain(t("language"))}>
      <ul>
        {languages.map((language) => (
          <li key={language}>
            <button type="button" lang={htmlLang(language)} aria-pressed={kiosk.language.value === language} onClick={() => kiosk.speakIn(language)}>
              {LANGUAGE_NAMES[language] ?? language}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** How long until the screen moves on, and to what: the start, or the choice that is likeliest. */
export function TimeLeft({ likely = null }: { likely?: string | null }) {
  const { kiosk, t } = useKiosk();
  const ends = kiosk.patience.ends.value;
  if (ends === null) return null;
  const left = Math.max(0, Math.ceil((ends.at - kiosk.patience.tick.value) / 1000));
  return (
    <div class="time-left">
      <progress max={ends.seconds} value={left} aria-label={plain(t("time-left.name"))}>{left}</progress>
      <p><Text of={likely === null || !ends.ids.length ? t("time-left", { n: left }) : t("time-left.likely", { n: left, label: likely })} /></p>
      <button class="key" type="button" onClick={() => kiosk.patience.waitMore()}><span><Text of={t("wait-more")} /></span></button>
    </div>
  );
}
