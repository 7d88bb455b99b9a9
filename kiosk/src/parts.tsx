/** Pieces every screen is made of: sentences with furigana, pictures, squares that are people. */
import { pieces } from "./words";

/** A sentence; kanji carry their reading. */
export function Text({ of }: { of: string }) {
  return (
    <>
      {pieces(of).map((piece) => (typeof piece === "string" ? piece : <ruby>{piece.base}<rt>{piece.reading}</rt></ruby>))}
    </>
  );
}

const ICONS = {
  bell: "M6 17v-6a6 6 0 0 1 12 0v6M4 17h16M10.5 20.5h3M12 3.5V5",
  keys: "M5 5h.1M12 5h.1M19 5h.1M5 12h.1M12 12h.1M19 12h.1M5 19h.1M12 19h.1M19 19h.1",
  online: "M3 9.5a13 13 0 0 1 18 0M6 13a9 9 0 0 1 12 0M9 16.2a4.5 4.5 0 0 1 6 0M12 19.5v.1",
  offline: "M4 4l16 16M5 11.5a10 10 0 0 1 4-2.3M8 15a6 6 0 0 1 4-1.5M13.5 8.6A10 10 0 0 1 19 11.5M12 18.5v.1",
  walk: "M12 4v16M4 12h16",
  in: "M12 4h7v16h-7M3.5 12H14M10 8l4 4-4 4",
  check: "m5 12.5 4.5 4.5L19 7",
  back: "M9 5h12v14H9l-6-7zM12 9.5l5 5M17 9.5l-5 5",
  care: "M12 4 21 19.5H3zM12 10v4M12 16.5v.1",
  low: "M12 4v13M6.5 11.5 12 17l5.5-5.5M4 20.5h16",
  help: "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1-1.5 2.3M12 18v.1",
  clock: "M12 3.5a8.5 8.5 0 1 0 .01 0M12 7.5V12l3 2.5",
} as const;
export type IconName = keyof typeof ICONS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} stroke-width={name === "keys" ? 4 : undefined} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 36 36" aria-hidden="true">
      <path class="cells" d="M1 1h10v10h-10zM13 1h10v10h-10zM1 13h10v10h-10zM13 13h10v10h-10zM25 13h10v10h-10zM1 25h10v10h-10zM13 25h10v10h-10zM25 25h10v10h-10z" />
      <path class="cell" d="M25 1h10v10h-10z" />
    </svg>
  );
}

const RING = "M36 5h58M12 17h106M12 29h22M96 29h22M0 41h22M108 41h22M0 53h22M108 53h22M0 65h22M108 65h22M0 77h22M108 77h22M0 89h22M108 89h22M12 101h22M96 101h22M12 113h106M36 125h58";
const PICTURES = {
  welcome: { width: 130, others: RING, you: "M48 53h34M48 65h34M48 77h34" },
  goodbye: { width: 178, others: RING, you: "M144 53h34M144 65h34M144 77h34" },
  ask: { width: 106, others: "M24 5h58M12 17h82M0 29h34M72 29h34M0 41h22M84 41h22M72 53h34M48 65h46M36 77h34M36 89h22", you: "M36 113h34M36 125h34" },
  refused: {
    width: 166,
    others: "M24 5h46M12 17h70M12 29h70M12 41h70M24 53h46M12 77h70M0 89h94M0 101h94M0 113h94M0 125h94",
    you: "M108 41h34M108 53h34M108 65h34M108 89h34M96 101h58M96 113h58M96 125h58",
  },
} as const;

export function Mosaic({ of }: { of: keyof typeof PICTURES }) {
  const { width, others, you } = PICTURES[of];
  return (
    <svg class="mosaic" viewBox={`0 0 ${width} 130`} width={width} height={130} stroke-width={10} stroke-dasharray="10 2" aria-hidden="true">
      <path d={others} />
      <path class="mine" d={you} />
    </svg>
  );
}

const PITCH = 11;
const MOST_ROWS = 6;

/** Rows of squares from one place to before another: `M x y h length`. */
function rows(from: number, to: number, perRow: number): string {
  let path = "";
  for (let start = from; start < to;) {
    const row = Math.floor(start / perRow);
    const end = Math.min(to, (row + 1) * perRow);
    path += `M${PITCH * (start % perRow)} ${4 + PITCH * row}h${PITCH * (end - start) - 3}`;
    start = end;
  }
  return path;
}

/** One square is one person: taken, free, and yours, the last one taken. */
export function Squares({ taken, capacity, isYours = false }: { taken: number; capacity: number; isYours?: boolean }) {
  const perRow = Math.min(capacity, 50);
  if (capacity < 1 || capacity > perRow * MOST_ROWS) return null;
  const filled = Math.min(taken, capacity);
  const others = isYours ? Math.max(filled - 1, 0) : filled;
  const [x, y] = [PITCH * (others % perRow), 4 + PITCH * Math.floor(others / perRow)];
  const height = PITCH * Math.ceil(capacity / perRow) - 3;
  const width = PITCH * perRow - 3;
  return (
    <svg class="squares fine" viewBox={`0 0 ${width} ${height}`} width={width} height={height} fill="none" stroke-width={8} stroke-dasharray="8 3" aria-hidden="true">
      <path class="taken" d={rows(0, others, perRow)} />
      {isYours && filled > 0 && <path class="edge" d={`M${x} ${y}h8`} />}
      {isYours && filled > 0 && <path class="mine" stroke-width={6} stroke-dasharray="6 5" d={`M${x + 1} ${y}h6`} />}
      <path class="free" d={rows(filled, capacity, perRow)} />
    </svg>
  );
}
