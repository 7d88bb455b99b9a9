/** The roll call: who is inside by this kiosk's picture, whom to call, and a tick for each. Works without network. */
import type { Called, Mark } from "../roll";
import { gradeOf, rollOf } from "../roll";
import { Text } from "../parts";
import { LONGEST_NAME } from "../staff";
import { useKiosk } from "../use";
import { plain, span, time } from "../words";

export function RollCall() {
  const { kiosk, t } = useKiosk();
  const { staff } = kiosk;
  void kiosk.news.value;
  const roll = rollOf(kiosk.door.facts, kiosk.list.value, staff.people.value, staff.marks.value);
  const open = roll.people.filter((one) => one.mark === null).length + roll.unlisted + roll.others;
  const isNamed = staff.byName.value.trim() !== "";
  return (
    <div class="roll">
      <div class="sums">
        <p class="figure"><b><Text of={t("roll.inside", { n: roll.people.length + roll.unlisted + roll.others })} /></b> <Text of={t("roll.open", { n: open })} /></p>
        <PictureAge />
        <label class="field"><span><Text of={t("roll.by")} /></span>
          <input value={staff.byName.value} maxLength={LONGEST_NAME} autocomplete="off" onInput={(event) => { staff.touched(); staff.byName.value = event.currentTarget.value; }} />
        </label>
        {!isNamed && <p><Text of={t("roll.by.first")} /></p>}
        {staff.isFull.value && <p class="problem" role="alert"><Text of={t("roll.full")} /></p>}
      </div>
      {roll.unlisted > 0 && <p class="sheet"><Text of={t("roll.unlisted", { n: roll.unlisted })} /></p>}
      {roll.others > 0 && <p class="sheet"><Text of={t("roll.others", { n: roll.others })} /></p>}
      {roll.people.length + roll.unlisted + roll.others === 0 && <p class="sheet"><Text of={t("roll.none")} /></p>}
      <ul class="people">{roll.people.map((one) => <Person key={one.person.member_key} one={one} isNamed={isNamed} />)}</ul>
    </div>
  );
}

/** How old the figures are: without network this kiosk knows its own scans and the last news. */
function PictureAge() {
  const { kiosk, t } = useKiosk();
  const since = kiosk.connection.offlineSince.value;
  if (since === null) return null;
  const minutes = Math.max(0, Math.floor((kiosk.patience.tick.value + kiosk.connection.offset.value - since) / 60_000));
  return <p class="problem"><Text of={t("roll.offline", { since: span(kiosk.language.value, minutes) })} /></p>;
}

function Person({ one, isNamed }: { one: Called; isNamed: boolean }) {
  const { kiosk, t } = useKiosk();
  const { person, mark } = one;
  const places = kiosk.list.value?.configuration.facilities.length ?? 1;
  const entered = time(kiosk.language.value, one.entered_at, kiosk.timezone.value);
  const tick = (how: Mark["how"]): void => void (isNamed && kiosk.staff.mark(person.member_key, how));
  return (
    <li class="person" data-mark={mark?.how ?? "open"}>
      <p class="who"><b>{person.name || t("roll.nameless")}</b> <span>{person.kana}</span> {gradeOf(person.grade) && <span class="grade">{gradeOf(person.grade)}</span>}</p>
      <p class="soft"><Text of={t("roll.entered", { time: entered })} />{places > 1 && ` ${kiosk.names.ofPlace(one.facility, null, "")}`}</p>
      {person.assistance && <p class="care"><b><Text of={t("roll.assistance")} /></b> {person.assistance}</p>}
      <ul class="phones">{(person.phones ?? []).map((one) => <li key={one.phone}>{one.name}（{one.relation}） <b class="num">{one.phone}</b></li>)}</ul>
      {mark === null ? (
        <div class="two">
          <button class="key" type="button" aria-disabled={!isNamed} onClick={() => tick("safe")} aria-label={`${person.name} ${plain(t("roll.safe"))}`}><span><Text of={t("roll.safe")} /></span></button>
          <button class="key" type="button" aria-disabled={!isNamed} onClick={() => tick("handed-over")} aria-label={`${person.name} ${plain(t("roll.handed-over"))}`}><span><Text of={t("roll.handed-over")} /></span></button>
        </div>
      ) : (
        <div class="marked">
          <p role="status"><b>○ <Text of={t(`roll.${mark.how}`)} /></b> {time(kiosk.language.value, mark.marked_at, kiosk.timezone.value)} {mark.by_name}</p>
          <button class="key" type="button" aria-disabled={!isNamed} onClick={() => tick("open")}><span><Text of={t("roll.undo")} /></span></button>
        </div>
      )}
    </li>
  );
}
