"""A film for Chromium's fake camera: passes held up one after another, with nothing in between. It plays in a loop."""

import io
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT, FRAMES_A_SECOND = 1280, 720, 30
GROUND = (118, 118, 118)


def film(path: Path, *, nothing_seconds: float, code: bytes, code_seconds: float = 2) -> Path:
    """Write a film (mjpeg): nothing, then the picture of a code, slightly turned as by a hand."""
    frames = [_frame(None)] * int(nothing_seconds * FRAMES_A_SECOND)
    frames += [_frame(code)] * int(code_seconds * FRAMES_A_SECOND)
    path.write_bytes(b"".join(frames))
    return path


def _frame(code: bytes | None) -> bytes:
    frame = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    if code is not None:
        with Image.open(io.BytesIO(code)) as picture:
            shown = picture.convert("RGB").resize(
                (420, 420 * picture.height // picture.width), Image.Resampling.LANCZOS
            )
        turned = shown.rotate(4, expand=True, fillcolor=GROUND, resample=Image.Resampling.BICUBIC)
        frame.paste(turned, ((WIDTH - turned.width) // 2, (HEIGHT - turned.height) // 2))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=85)
    return out.getvalue()


def arguments(film_path: Path) -> list[str]:
    """Chromium's arguments for a camera that shows the film."""
    return [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film_path}",
    ]
