/** The answer, over the whole screen; scanning goes on behind it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Shown } from "../door";
import { Icon, Mosaic, Squares, Text } from "../parts";
import type { Choice } from "../protocol";
import { useKiosk } from "../use";
import { time } from "../words";
import { TimeLeft } from "./common";
import { HowMany } from "./howmany";

export function VerdictScreen({ shown, asked }: { shown: Shown; asked: Shown | null }) {
  const { verdict } = shown;
  const isAsk = verdict.verdict === "ask";
  const asking = verdict.code === "ask-heads" ? <HowMany shown={shown} key={verdict.nonce} /> : <Question shown={shown} key={verdict.nonce} />;
  return (
    <main class="verdict">
      <i class="band" aria-hidden="true" />
      {isAsk ? asking : <Answer shown={shown} asked={asked} />}
      <i class="band" aria-hidden="true" />
    </main>
  );
}

/** A name that would not stand in one line of a tablet. */
const LONG_NAME = 9;

function Answer({ shown, asked }: { shown: Shown; asked: Shown | null }) {
  const { kiosk } = useKiosk();
  const { verdict } = shown;
  const { headline, details } = kiosk.names.wordsOf(verdict);
  const name = kiosk.names.called(verdict);
  const isTurn = verdict.turn != null && verdict.verdict !== "welcome";
  return (
    <>
      <div class="answer wide" role={verdict.verdict === "refused" ? "alert" : "status"} key={verdict.nonce}>
        {isTurn ? <Turn verdict={verdict} /> : <Mosaic of={verdict.verdict} />}
        <div class="text">
          <h1><Text of={headline} />{name && <span class={name.length > LONG_NAME ? "name long" : "name"}>{name}</span>}</h1>
          {details.map((detail) => <p class="what" key={detail}><Text of={detail} /></p>)}
        </div>
      </div>
      <div class="after">
        {asked !== null && verdict.verdict !== "refused" && <ChosenForYou asked={asked} />}
        {verdict.verdict === "refused" ? <WaysOn shown={shown} /> : <Counted shown={shown} />}
      </div>
    </>
  );
}

/** A numbered turn: the number, readable from the hall, and how many come before. */
function Turn({ verdict }: { verdict: Shown["verdict"] }) {
  const { t } = useKiosk();
  const ahead = verdict.ahead ?? 0;
  return (
    <div class="turn">
      <p class="number"><Text of={t("turn.number", { n: verdict.turn ?? 0 })} /></p>
      <p><Text of={ahead > 0 ? t("turn.ahead", { n: ahead }) : t("turn.next")} /></p>
      <p class="soft"><Text of={t("turn.wall")} /></p>
    </div>
  );
}

/** Nobody touched the question: say that it was answered, and how to change it. */
function ChosenForYou({ asked }: { asked: Shown }) {
  const { kiosk, t } = useKiosk();
  return (
    <div class="chosen">
      <p><Text of={t("chosen-for-you")} /></p>
      <button class="key" type="button" onClick={() => kiosk.telling.askAgain(asked)}><span><Text of={t("choose-again")} /></span></button>
    </div>
  );
}

const FEW = 5;

function Counted({ shown }: { shown: Shown }) {
  const { kiosk, t } = useKiosk();
  const { verdict, inside, facility, group } = shown.verdict;
  const capacity = facility == null ? 0 : (kiosk.door.facts?.facilities[facility]?.capacity ?? 0);
  const isShown = verdict === "welcome" && group == null && inside != null && inside >= FEW;
  return (
    <>
      {isShown && <p class="count"><span><Text of={t("nth", { n: inside })} /></span><Squares taken={inside} capacity={capacity} isYours /></p>}
      <p class="soft"><Text of={t("next-person")} /></p>
    </>
  );
}

function WaysOn({ shown }: { shown: Shown }) {
  const { kiosk, t } = useKiosk();
  const choices = shown.verdict.choices ?? [];
  return (
    <>
      <p class="what2"><Text of={t("can-do")} /></p>
      <div class="two">
        {choices.map((choice) => (
          <button class="key primary" type="button" key={choice.id} onClick={() => void kiosk.telling.choose(shown, [choice.id])}>
            <Icon name="in" /><span>{kiosk.names.ofPlace(choice.facility, choice.session, choice.label)}<br /><small><Text of={t("has-seat")} /></small></span>
          </button>
        ))}
        <button class={choices.length ? "key" : "key primary"} type="button" onClick={() => kiosk.open("call")}><Icon name="bell" /><span><Text of={t("call")} /></span></button>
        <button class="key" type="button" onClick={() => kiosk.home()}><span><Text of={t("back")} /></span></button>
      </div>
      <TimeLeft />
    </>
  );
}

/** More than these stand in smaller cards, so that the buttons below stay on the screen. */
const FEW_CHOICES = 3;

function Question({ shown }: { shown: Shown }) {
  const { kiosk, t } = useKiosk();
  const { headline } = kiosk.names.wordsOf(shown.verdict);
  const [picked, setPicked] = useState<string[]>([]);
  const choices = shown.verdict.choices ?? [];
  const isWho = shown.verdict.code === "ask-who";
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus({ preventScroll: true }), []);
  const pick = (choice: Choice): void => {
    if (!isWho) {
      void kiosk.telling.choose(shown, [choice.id]);
      return;
    }
    kiosk.patience.think();
    setPicked(picked.includes(choice.id) ? picked.filter((id) => id !== choice.id) : [...picked, choice.id]);
  };
  return (
    <>
      <div class="text" role="status">
        <div class="asking"><Mosaic of="ask" /><h1><Text of={headline} /></h1></div>
        <div class={choices.length > FEW_CHOICES ? "choices three many" : "choices three"}>
          {choices.map((choice, index) => (
            <Pick key={choice.id} choice={choice} label={kiosk.names.ofChoice(shown.verdict, choice)} isWho={isWho} isPicked={picked.includes(choice.id)} onPick={() => pick(choice)} button={index === 0 ? first : null} />
          ))}
        </div>
      </div>
      <div class="after">
        <div class="two">
          {isWho && (
            <button class="key primary" type="button" aria-disabled={!picked.length} onClick={() => picked.length && void kiosk.telling.choose(shown, picked)}>
              <span><Text of={t("go-in", { n: picked.length })} /></span>
            </button>
          )}
          <button class="key" type="button" onClick={() => kiosk.home()}><span><Text of={t("stop")} /></span></button>
        </div>
        <TimeLeft likely={kiosk.telling.likelyLabel(shown.verdict)} />
      </div>
    </>
  );
}

interface PickProps {
  choice: Choice;
  label: string;
  isWho: boolean;
  isPicked: boolean;
  onPick: () => void;
  button: { current: HTMLButtonElement | null } | null;
}

function Pick({ choice, label, isWho, isPicked, onPick, button }: PickProps) {
  const { kiosk, t } = useKiosk();
  const more = isWho ? t(choice.is_inside ? "who-inside" : "who-outside") : t("has-seat");
  const session = kiosk.list.value?.sessions.find((one) => one.id === choice.session);
  const facility = choice.session == null ? "" : kiosk.names.ofPlace(choice.facility, null, "");
  const starts = session === undefined ? "" : time(kiosk.language.value, session.starts_at, kiosk.timezone.value);
  return (
    <button class="pick" type="button" ref={button} {...(isWho ? { "aria-pressed": isPicked } : {})} onClick={onPick}>
      <span class="me" aria-hidden="true">{Array.from(label)[0] ?? ""}</span>
      <span class="what"><b>{label}</b>{[facility, starts].filter(Boolean).join(" ")}{facility && <br />}<Text of={more} /></span>
      {isWho && <span class="box"><Icon name="check" /></span>}
    </button>
  );
}
