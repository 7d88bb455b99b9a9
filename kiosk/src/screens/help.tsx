/** How to get in, and what this kiosk knows and cannot know without network, in plain words. */
import { Text } from "../parts";
import { useKiosk } from "../use";
import { Bar, TimeLeft } from "./common";

const WAYS = ["help.code", "help.number", "help.walk", "help.leave"];
const OFFLINE = ["help.offline.can", "help.offline.cannot", "help.offline.after"];

export function Help() {
  const { kiosk, t } = useKiosk();
  return (
    <main class="idle entry">
      <Bar />
      <div class="card help">
        <h1><Text of={t("help.title")} /></h1>
        <div class="columns">
          <ul class="lines">{WAYS.map((key) => <li key={key}><Text of={t(key)} /></li>)}</ul>
          <section class="sheet">
            <h2><Text of={t("help.offline")} /></h2>
            <ul class="lines">{OFFLINE.map((key) => <li key={key}><Text of={t(key)} /></li>)}</ul>
            <p><Text of={t("help.camera")} /></p>
          </section>
        </div>
        <div class="two">
          <button class="key primary" type="button" onClick={() => kiosk.home()}><span><Text of={t("back")} /></span></button>
          <button class="key" type="button" onClick={() => kiosk.open("call")}><span><Text of={t("call")} /></span></button>
        </div>
        <TimeLeft />
      </div>
    </main>
  );
}
