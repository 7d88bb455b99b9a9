/** Counting people who have no pass of their own: how many, of whom, in or out. */
import { useState } from "preact/hooks";
import type { Heads } from "../credential";
import { Icon, Text } from "../parts";
import { useKiosk } from "../use";
import { plain } from "../words";

const KINDS = ["group", "walk-in", "guardian", "visitor"] as const;
const MOST = 500;

export function Group() {
  const { kiosk, t } = useKiosk();
  const facilities = kiosk.list.value?.configuration.facilities ?? [];
  const [heads, setHeads] = useState(1);
  const [heads_of, setKind] = useState<Heads["heads_of"]>("group");
  const [party, setParty] = useState("");
  const [facility, setFacility] = useState(facilities[0] ?? "");
  const [isBusy, setBusy] = useState(false);
  const change = (step: number): void => {
    kiosk.staff.touched();
    setHeads((before) => Math.min(MOST, Math.max(1, before + step)));
  };
  const count = async (direction: "in" | "out"): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    const said = await kiosk.staff.count({ kind: "heads", heads, heads_of, party: party.trim(), facility, direction });
    if (said !== null && said.verdict !== "refused") setHeads(1), setParty("");
    setBusy(false);
  };
  return (
    <div class="group">
      <p id="heads-name"><Text of={t("group.heads")} /></p>
      <div class="stepper">
        <button class="key" type="button" aria-label={plain(t("group.less"))} onClick={() => change(-1)}>−</button>
        <output class="digits" aria-labelledby="heads-name" aria-live="polite">{heads}</output>
        <button class="key" type="button" aria-label={plain(t("group.more"))} onClick={() => change(1)}>＋</button>
        <button class="key" type="button" onClick={() => change(10)}>＋10</button>
      </div>
      <Picks name={t("group.of")} of={KINDS.map((kind) => [kind, t(`group.${kind}`)])} picked={heads_of} onPick={setKind} />
      {facilities.length > 1 && <Picks name={t("group.where")} of={facilities.map((code) => [code, kiosk.names.ofPlace(code, null, code)])} picked={facility} onPick={setFacility} />}
      {heads_of === "group" && (
        <label class="field"><span><Text of={t("group.party")} /></span>
          <input value={party} maxLength={80} autocomplete="off" onInput={(event) => { kiosk.staff.touched(); setParty(event.currentTarget.value); }} />
        </label>
      )}
      <div class="two">
        <button class="key primary" type="button" aria-disabled={isBusy} onClick={() => void count("in")}><Icon name="in" /><span><Text of={t("group.in", { n: heads })} /></span></button>
        <button class="key" type="button" aria-disabled={isBusy} onClick={() => void count("out")}><span><Text of={t("group.out", { n: heads })} /></span></button>
      </div>
    </div>
  );
}

interface PicksProps<K extends string> {
  name: string;
  of: (readonly [K, string])[];
  picked: K;
  onPick: (key: K) => void;
}

/** One of a few, in a row. */
export function Picks<K extends string>({ name, of, picked, onPick }: PicksProps<K>) {
  const { kiosk } = useKiosk();
  return (
    <div class="picks" role="group" aria-label={plain(name)}>
      <p aria-hidden="true"><Text of={name} /></p>
      {of.map(([key, label]) => (
        <button type="button" key={key} aria-pressed={key === picked} onClick={() => { kiosk.staff.touched(); onPick(key); }}><Text of={label} /></button>
      ))}
    </div>
  );
}
