/** The quieter screens: pairing, a number instead of a code, walking in, calling the staff, waiting. */
import { useEffect, useRef, useState } from "preact/hooks";
import { isMemberNumber } from "../damm";
import { isGroupCode } from "../groupcode";
import type { Kiosk } from "../kiosk";
import { Icon, Text } from "../parts";
import { seatsToWalkIn } from "../turns";
import { useKiosk } from "../use";
import { plain, time } from "../words";
import { Bar, Languages, TimeLeft } from "./common";
import { Pad, useDigits, useKeys } from "./digits";

export function Pairing({ problem, isBusy }: { problem: string | null; isBusy: boolean }) {
  const { kiosk, t } = useKiosk();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [problem]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const code = field.current?.value.trim() ?? "";
    if (code && !isBusy) void kiosk.pair(code);
  };
  return (
    <main class="idle entry">
      <Bar />
      <form class="card" onSubmit={submit}>
        <h1><Text of={t("pair.title")} /></h1>
        <p id="pair-hint"><Text of={t("pair.detail")} /></p>
        <label class="field"><span><Text of={t("pair.code")} /></span>
          <input ref={field} name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck={false} maxLength={32} required
            aria-describedby={problem === null ? "pair-hint" : "pair-problem"} aria-invalid={problem !== null} />
        </label>
        {problem !== null && <p class="problem" id="pair-problem" role="alert"><Text of={t(problem)} /></p>}
        <button class="key primary" type="submit"><span><Text of={t(isBusy ? "checking" : "pair.go")} /></span></button>
      </form>
      <Languages />
    </main>
  );
}

const LENGTH = 8;

/** Whether a group is announced here today; its code is told of only then. */
const hasGroups = (kiosk: Kiosk): boolean => Object.keys(kiosk.door.facts?.groups ?? {}).length > 0;

export function NumberPad() {
  const { kiosk, t } = useKiosk();
  const [isMistyped, setMistyped] = useState(false);
  void kiosk.patience.tick.value;
  const waits = Math.ceil(kiosk.wrong.waits / 1000);
  const digits = useDigits(LENGTH, () => {
    kiosk.patience.waitMore();
    setMistyped(false);
    return kiosk.wrong.waits === 0;
  });
  const go = (): void => {
    if (isMemberNumber(digits.typed()) || isGroupCode(digits.typed())) void kiosk.telling.scan(digits.typed());
    else setMistyped(true);
  };
  useKeys(digits, go);
  return (
    <main class="idle entry">
      <Bar />
      <div class="card by-number">
        <div class="ask">
          <h1><Text of={t("number.title")} /></h1>
          <p><Text of={t("number.detail")} /></p>
          {hasGroups(kiosk) && <p><Text of={t("number.group")} /></p>}
          <output class="digits" aria-label={plain(t("number.name"))}>{digits.shown.padEnd(LENGTH, "–")}</output>
          {waits > 0 && <p class="problem" role="alert"><Text of={t("staff.pin.wait", { n: waits })} /></p>}
          {waits === 0 && isMistyped && <p class="problem" role="alert"><Text of={t("number.mistyped")} /></p>}
          <button class="key" type="button" onClick={() => kiosk.home()}><span><Text of={t("back")} /></span></button>
        </div>
        <Pad digits={digits} remove={<Icon name="back" />} removeName={plain(t("delete"))} go={<span><Text of={t("go-on")} /></span>} onGo={go} />
      </div>
    </main>
  );
}

export function WalkIn() {
  const { kiosk, t } = useKiosk();
  const [list, facts, now] = [kiosk.list.value, kiosk.door.facts, kiosk.connection.now()];
  const seatsIn = (id: string): number => {
    const session = facts?.sessions[id];
    return session === undefined ? 0 : seatsToWalkIn(session, now);
  };
  const open = (list?.sessions ?? []).filter((one) => list?.configuration.facilities.includes(one.facility)
    && Date.parse(one.door_opens_at) <= now && now < Date.parse(one.ends_at) && seatsIn(one.id) > 0);
  return (
    <main class="idle entry">
      <Bar />
      <div class="card wide">
        <h1><Text of={t(open.length ? "walk-in.title" : "walk-in.none")} /></h1>
        <div class="choices">
          {open.map((one) => {
            const label = kiosk.names.ofPlace(one.facility, one.id, "");
            return (
              <button class="pick" type="button" key={one.id} onClick={() => kiosk.walkInTo(one.id, label)}>
                <span class="me" aria-hidden="true"><Icon name="in" /></span>
                <span class="what"><b>{label}</b>{kiosk.names.ofPlace(one.facility, null, "")} {time(kiosk.language.value, one.starts_at, kiosk.timezone.value)}</span>
                <span><Text of={t("seats-left", { n: seatsIn(one.id) })} /></span>
              </button>
            );
          })}
        </div>
        <button class={open.length ? "key" : "key primary"} type="button" onClick={() => kiosk.home()}><span><Text of={t("back")} /></span></button>
      </div>
      <TimeLeft />
    </main>
  );
}

export function Call() {
  const { kiosk, t } = useKiosk();
  return (
    <main class="verdict">
      <i class="band" aria-hidden="true" />
      <div class="answer" role="status">
        <Icon name="bell" />
        <div class="text"><h1><Text of={t("call.title")} /></h1><p class="what"><Text of={t("call.detail")} /></p></div>
      </div>
      <div class="after">
        <div class="two"><button class="key primary" type="button" onClick={() => kiosk.home()}><span><Text of={t("back")} /></span></button></div>
        <TimeLeft />
      </div>
      <i class="band" aria-hidden="true" />
    </main>
  );
}

export function Waiting({ word }: { word: string }) {
  const { t } = useKiosk();
  return (
    <main class="idle entry">
      <Bar />
      <div class="card" role="status"><h1><Text of={t(word)} /></h1></div>
    </main>
  );
}
