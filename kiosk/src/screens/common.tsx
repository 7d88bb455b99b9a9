/** What several screens share: the bar above, the languages below, the time that is left. */
import { Icon, Mark, Text } from "../parts";
import { useKiosk } from "../use";
import { LANGUAGE_NAMES, htmlLang, plain, time } from "../words";

export function Bar() {
  const { kiosk, t } = useKiosk();
  const isOffline = kiosk.connection.offlineSince.value !== null;
  const now = new Date(kiosk.tick.value + kiosk.connection.offset.value);
  return (
    <header class="bar">
      <p class="where"><Mark />{kiosk.list.value?.configuration.label ?? plain(t("title"))}</p>
      <p class="net"><Icon name={isOffline ? "offline" : "online"} /><Text of={t(isOffline ? "offline" : "online")} /></p>
      <p class="clock"><time dateTime={now.toISOString()}>{time(kiosk.language.value, now, kiosk.timezone.value)}</time></p>
    </header>
  );
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

export function TimeLeft() {
  const { kiosk, t } = useKiosk();
  const ends = kiosk.ends.value;
  if (ends === null) return null;
  const left = Math.max(0, Math.ceil((ends.at - kiosk.tick.value) / 1000));
  return (
    <div class="time-left">
      <progress max={ends.seconds} value={left} aria-label={plain(t("time-left.name"))}>{left}</progress>
      <p><Text of={t("time-left", { n: left })} /></p>
      <button class="key" type="button" onClick={() => kiosk.wait()}><span><Text of={t("wait-more")} /></span></button>
    </div>
  );
}
