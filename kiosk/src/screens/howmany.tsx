/** How many of a group came. Nobody's guess is taken: whoever touches nothing is not counted. */
import { useState } from "preact/hooks";
import type { Shown } from "../door";
import { Icon, Mosaic, Text } from "../parts";
import { useKiosk } from "../use";
import { plain } from "../words";
import { TimeLeft } from "./common";

const MOST = 500;
const NOBODY = { expected: 0, came: 0, inside: 0 };

export function HowMany({ shown }: { shown: Shown }) {
  const { kiosk, t } = useKiosk();
  const { headline } = kiosk.names.wordsOf(shown.verdict);
  const { expected, came, inside } = shown.verdict.group ?? NOBODY;
  const [total, setTotal] = useState(Math.min(Math.max(expected - came, 1), MOST));
  const [members, setMembers] = useState(0);
  const name = kiosk.names.called(shown.verdict);
  const heads = total - members;
  const change = (to: number): void => {
    kiosk.patience.think();
    const next = Math.min(Math.max(to, 1), MOST);
    setTotal(next);
    setMembers(Math.min(members, next - 1));
  };
  const changeMembers = (to: number): void => {
    kiosk.patience.think();
    setMembers(Math.min(Math.max(to, 0), total - 1));
  };
  const enter = (): void => void kiosk.telling.count(shown, { direction: "in", heads, ...(members > 0 ? { members } : {}) });
  const mayLeave = inside > 0 && kiosk.list.value?.configuration.direction === "auto";
  return (
    <>
      <div class="text" role="status">
        <div class="asking"><Mosaic of="ask" /><h1>{name && <span class="name">{name}</span>}<Text of={headline} /></h1></div>
        <p class="what"><Text of={t("count.announced", { n: expected })} />{came > 0 && <> <Text of={t("count.came", { n: came })} /></>}</p>
        <Stepper name="group.heads" value={total} steps={[-10, -1, 1, 10]} onStep={(step) => change(total + step)} />
        <Stepper name="count.members" value={members} steps={[-1, 1]} onStep={(step) => changeMembers(members + step)} />
      </div>
      <div class="after">
        <div class="two">
          <button class="key primary" type="button" onClick={enter}><Icon name="in" /><span><Text of={t("group.in", { n: heads })} /></span></button>
          {mayLeave && <button class="key" type="button" onClick={() => void kiosk.telling.count(shown, { direction: "out" })}><span><Text of={t("count.leave", { n: inside })} /></span></button>}
          <button class="key" type="button" onClick={() => kiosk.home()}><span><Text of={t("stop")} /></span></button>
        </div>
        <TimeLeft />
      </div>
    </>
  );
}

interface StepperProps {
  name: string;
  value: number;
  steps: number[];
  onStep: (step: number) => void;
}

/** A number with what it may be changed by on both sides. */
function Stepper({ name, value, steps, onStep }: StepperProps) {
  const { t } = useKiosk();
  const id = `step-${name}`;
  const button = (step: number) => (
    <button class="key" type="button" key={step} aria-label={plain(t(step < 0 ? "count.less" : "count.more", { n: Math.abs(step) }))} onClick={() => onStep(step)}>
      {step < 0 ? "−" : "＋"}{Math.abs(step) === 1 ? "" : Math.abs(step)}
    </button>
  );
  return (
    <div class="counting">
      <p id={id}><Text of={t(name)} /></p>
      <div class="steps">
        {steps.filter((step) => step < 0).map(button)}
        <output class="digits" aria-labelledby={id} aria-live="polite">{value}</output>
        {steps.filter((step) => step > 0).map(button)}
      </div>
    </div>
  );
}
