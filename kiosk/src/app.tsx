/** Chooses the screen, and keeps the page around it in step: language, title, the ground of a verdict. */
import { useSignalEffect } from "@preact/signals";
import { Component } from "preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Screen } from "./screen";
import { Text } from "./parts";
import { restartAfter } from "./restart";
import { ClosedNow, Idle, isClosedNow } from "./screens/idle";
import { Help } from "./screens/help";
import { Call, NumberPad, Pairing, Waiting, WalkIn } from "./screens/others";
import { Staff } from "./screens/staff";
import { VerdictScreen } from "./screens/verdict";
import { useKiosk } from "./use";
import { htmlLang, plain, say } from "./words";

export function App() {
  const { kiosk } = useKiosk();
  useSignalEffect(() => {
    const { value } = kiosk.screen;
    void kiosk.news.value;
    document.documentElement.lang = htmlLang(kiosk.language.value);
    document.title = plain(say(kiosk.language.value, "title"));
    document.body.toggleAttribute("data-low", kiosk.isLow.value);
    const ground = groundOf(value, isClosedNow(kiosk));
    if (ground === null) delete document.body.dataset.verdict;
    else document.body.dataset.verdict = ground;
  });
  useGoOn();
  return <><Eye /><Current /></>;
}

const FIRST = "main .pick, main:is(.entry, .verdict) .key.primary, main .menu .key";

/** With keys alone one goes on from the screen that opened, not from the top of the page; a field that has the keys keeps them. */
function useGoOn(): void {
  const { kiosk } = useKiosk();
  const { value } = kiosk.screen;
  useEffect(() => {
    if (value.is !== "idle" && (document.activeElement ?? document.body) === document.body) document.querySelector<HTMLElement>(FIRST)?.focus({ preventScroll: true });
  }, [value, kiosk.staff.page.value]);
}

function groundOf(screen: Screen, isShut: boolean): string | null {
  if (screen.is === "verdict") return screen.shown.verdict.verdict;
  if (screen.is === "idle" && isShut) return "refused";
  return screen.is === "call" ? "ask" : null;
}

/** What breaks while drawing is noted, and the kiosk starts again by itself. */
export class Guard extends Component<{ children: ComponentChildren }, { isBroken: boolean }> {
  override state = { isBroken: false };

  override componentDidCatch(error: unknown): void {
    this.setState({ isBroken: true });
    restartAfter(error);
  }

  override render() {
    return this.state.isBroken ? <Restarting /> : this.props.children;
  }
}

/** Stands alone: the kiosk itself may be what broke. */
export function Restarting() {
  return (
    <main class="idle entry">
      <div class="card" role="alert"><h1><Text of={say("ja", "restarting")} /></h1><p lang="en">{say("en", "restarting")}</p></div>
    </main>
  );
}

/** Watches while any screen is shown: the next person need not wait for the last one's answer to go. */
function Eye() {
  const { kiosk } = useKiosk();
  const video = useRef<HTMLVideoElement>(null);
  const stream = kiosk.camera.stream.value;
  useEffect(() => {
    if (video.current === null) return undefined;
    video.current.srcObject = stream;
    return kiosk.camera.watch(video.current);
  }, [stream]);
  return <video ref={video} class="eye" autoplay muted playsInline aria-hidden="true" tabIndex={-1} />;
}

function Current() {
  const { kiosk } = useKiosk();
  const { value } = kiosk.screen;
  void kiosk.news.value;
  switch (value.is) {
    case "pairing": return <Pairing problem={value.problem} isBusy={value.isBusy} />;
    case "idle": return isClosedNow(kiosk) ? <ClosedNow /> : <Idle />;
    case "verdict": return <VerdictScreen shown={value.shown} asked={value.asked ?? null} />;
    case "number": return <NumberPad />;
    case "walk-in": return <WalkIn />;
    case "call": return <Call />;
    case "help": return <Help />;
    case "staff": return <Staff />;
    case "updating": return <Waiting word="updating" />;
    default: return <Waiting word="preparing" />;
  }
}
