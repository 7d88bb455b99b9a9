/** The staff menu: the PIN before it, its pages, and what was scanned meanwhile. */
import { Icon, Text } from "../parts";
import { useKiosk } from "../use";
import { plain, time } from "../words";
import { FaultList, Settings } from "./device";
import { Pad, useDigits, useKeys } from "./digits";
import { Group } from "./group";
import { RollCall } from "./roll";

const LONGEST_PIN = 12;

export function Staff() {
  const { kiosk, t } = useKiosk();
  const page = kiosk.staff.page.value;
  const now = new Date(kiosk.patience.tick.value + kiosk.connection.offset.value);
  return (
    <main class="staff">
      <header class="bar">
        <h1><Text of={t(page === null || page === "pin" || page === "menu" ? "staff.title" : `staff.${page}`)} /></h1>
        <p class="clock"><time dateTime={now.toISOString()}>{time(kiosk.language.value, now, kiosk.timezone.value)}</time></p>
      </header>
      <div class="page"><Page /></div>
      <footer class="foot-keys">
        <Said />
        {page !== "pin" && page !== "menu" && <button class="key" type="button" onClick={() => void kiosk.staff.go("menu")}><span><Text of={t("staff.menu")} /></span></button>}
        <button class="key" type="button" onClick={() => kiosk.staff.leave()}><span><Text of={t("staff.close")} /></span></button>
      </footer>
    </main>
  );
}

function Page() {
  const { kiosk } = useKiosk();
  switch (kiosk.staff.page.value) {
    case "menu": return <Menu />;
    case "roll": return <RollCall />;
    case "group": return <Group />;
    case "faults": return <FaultList />;
    case "device": return <Settings />;
    default: return kiosk.list.value?.staff == null ? <NoPin /> : <Pin />;
  }
}

/** The last scan taken while the menu was open. */
function Said() {
  const { kiosk } = useKiosk();
  const said = kiosk.staff.said.value;
  if (said === null) return <p role="status" />;
  const { headline } = kiosk.names.wordsOf(said);
  return <p class="said" role="status" data-verdict={said.verdict}><Text of={headline} /> {kiosk.names.ofPerson(said)}</p>;
}

function NoPin() {
  const { t } = useKiosk();
  return <p class="sheet"><Text of={t("staff.no-pin")} /></p>;
}

function Menu() {
  const { kiosk, t } = useKiosk();
  return (
    <div class="menu">
      {(["roll", "group", "faults", "device"] as const).map((page, index) => (
        <button class={index === 0 ? "key primary" : "key"} type="button" key={page} onClick={() => void kiosk.staff.go(page)}><span><Text of={t(`staff.${page}`)} /></span></button>
      ))}
    </div>
  );
}

function Pin() {
  const { kiosk, t } = useKiosk();
  const { staff } = kiosk;
  const waits = Math.max(0, Math.ceil((staff.waitsUntil.value - kiosk.patience.tick.value) / 1000));
  const isStopped = (): boolean => staff.waitsUntil.value > Date.now() || staff.isBusy.value;
  const digits = useDigits(LONGEST_PIN, () => {
    if (!isStopped()) staff.isWrong.value = false;
    return !isStopped();
  });
  const go = (): void => {
    if (isStopped() || digits.typed() === "") return;
    void staff.enter(digits.typed());
    digits.clear();
  };
  useKeys(digits, go);
  return (
    <div class="card by-number">
      <div class="ask">
        <p id="pin-name"><Text of={t("staff.pin")} /></p>
        <output class="digits" aria-labelledby="pin-name">{"●".repeat(digits.shown.length) || "–"}</output>
        {staff.isBusy.value && <p role="status"><Text of={t("checking")} /></p>}
        {waits > 0 && <p class="problem" role="alert"><Text of={t("staff.pin.wait", { n: waits })} /></p>}
        {waits === 0 && staff.isWrong.value && <p class="problem" role="alert"><Text of={t("staff.pin.wrong")} /></p>}
      </div>
      <Pad digits={digits} remove={<Icon name="back" />} removeName={plain(t("delete"))} go={<span><Text of={t("staff.open")} /></span>} onGo={go} />
    </div>
  );
}
