/** Chooses the screen, and keeps the page around it in step: language, title, the ground of a verdict. */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Idle } from "./screens/idle";
import { Call, NumberPad, Pairing, Waiting, WalkIn } from "./screens/others";
import { VerdictScreen } from "./screens/verdict";
import { useKiosk } from "./use";
import { htmlLang, plain, say } from "./words";

export function App() {
  const { kiosk } = useKiosk();
  useSignalEffect(() => {
    const { value } = kiosk.screen;
    document.documentElement.lang = htmlLang(kiosk.language.value);
    document.title = plain(say(kiosk.language.value, "title"));
    const ground = value.is === "verdict" ? value.shown.verdict.verdict : value.is === "call" ? "ask" : null;
    if (ground === null) delete document.body.dataset.verdict;
    else document.body.dataset.verdict = ground;
  });
  return <><Eye /><Current /></>;
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
  switch (value.is) {
    case "pairing": return <Pairing problem={value.problem} isBusy={value.isBusy} />;
    case "idle": return <Idle />;
    case "verdict": return <VerdictScreen shown={value.shown} />;
    case "number": return <NumberPad />;
    case "walk-in": return <WalkIn />;
    case "call": return <Call />;
    case "updating": return <Waiting word="updating" />;
    default: return <Waiting word="preparing" />;
  }
}
