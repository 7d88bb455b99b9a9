"""Films for Chromium's fake camera: passes held up one after another, with nothing in between. They play in a loop."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

WIDTH, HEIGHT, FRAMES_A_SECOND = 1280, 720, 30
FULL = (1920, 1080)
"""What a kiosk asks its camera for."""
GROUND = (118, 118, 118)
HELD_PIXELS = 420


@dataclass(frozen=True)
class Scene:
    """A picture, and for how long the camera sees it."""

    picture: Image.Image
    seconds: float


COVERED = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async asked => {
  while (!window.isUncovered) await new Promise(done => setTimeout(done, 50));
  return open(asked);
};
"""
"""The camera sees nothing until it is uncovered: the film begins when the test says so."""
UNCOVER = "window.isUncovered = true"


def film(path: Path, *, nothing_seconds: float, code: bytes, code_seconds: float = 2) -> Path:
    """Write a film (mjpeg): nothing, then the picture of a code, slightly turned as by a hand."""
    nothing = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    shown = held_up([turned(sized(code, HELD_PIXELS), 4)], nothing)
    return write(path, [Scene(nothing, nothing_seconds), Scene(shown, code_seconds)])


def write(path: Path, scenes: Sequence[Scene]) -> Path:
    """Write a film (mjpeg). Chromium plays such a file at 30 frames a second."""
    with path.open("wb") as file:
        for scene in scenes:
            out = io.BytesIO()
            scene.picture.save(out, "JPEG", quality=85)
            file.write(out.getvalue() * round(scene.seconds * FRAMES_A_SECOND))
    return path


def empty() -> Image.Image:
    """What the camera sees when nobody is there."""
    return Image.new("RGB", FULL, GROUND)


def sized(code: bytes, pixels: int) -> Image.Image:
    """The picture of a pass, so many pixels wide, quiet zone included."""
    with Image.open(io.BytesIO(code)) as picture:
        high = pixels * picture.height // picture.width
        return picture.convert("RGB").resize((pixels, high), Image.Resampling.LANCZOS)


def foreign(text: str, pixels: int = HELD_PIXELS) -> Image.Image:
    """A QR code of somebody else's."""
    picture = qrcode.make(text).get_image().convert("RGB")
    return picture.resize((pixels, pixels), Image.Resampling.LANCZOS)


def held_up(pictures: Sequence[Image.Image], ground: Image.Image | None = None) -> Image.Image:
    """Cards beside each other in the middle of what the camera sees."""
    frame = (ground or empty()).copy()
    x = (frame.width - sum(one.width for one in pictures)) // 2
    for one in pictures:
        frame.paste(one, (x, (frame.height - one.height) // 2))
        x += one.width
    return frame


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    """Turned in its plane."""
    return picture.rotate(degrees, expand=True, fillcolor=GROUND, resample=Image.Resampling.BICUBIC)


def leaning(picture: Image.Image, shrinks_to: float, narrows_to: float) -> Image.Image:
    """Turned out of its plane: the far edge `shrinks_to` a share of the near one, the whole `narrows_to` a share."""
    wide, high = picture.size
    narrow, off = round(wide * narrows_to), high * (1 - shrinks_to) / 2
    corners = ((0.0, 0.0), (0.0, float(high)), (float(narrow), high - off), (float(narrow), off))
    origin = ((0.0, 0.0), (0.0, float(high)), (float(wide), float(high)), (float(wide), 0.0))
    return picture.transform(
        (narrow, high),
        Image.Transform.PERSPECTIVE,
        _perspective(corners, origin),
        resample=Image.Resampling.BICUBIC,
        fillcolor=GROUND,
    )


def _perspective(seen: Sequence[tuple[float, float]], origin: Sequence[tuple[float, float]]) -> list[float]:
    """The eight coefficients that take each point that is seen back to where it comes from."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen, origin, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for other in range(8):
            if other != column:
                share = rows[other][column]
                rows[other] = [a - share * b for a, b in zip(rows[other], rows[column], strict=True)]
    return [row[8] for row in rows]


def blurred(frame: Image.Image, radius: float) -> Image.Image:
    """Out of focus."""
    return frame.filter(ImageFilter.GaussianBlur(radius))


def dim(frame: Image.Image, share: float, noise: float) -> Image.Image:
    """With little light, and the grain that a sensor then has."""
    dark = ImageEnhance.Brightness(frame).enhance(share)
    grain = Image.effect_noise(frame.size, noise).convert("RGB")
    return ImageChops.add(dark, grain, scale=1, offset=-128)


def glaring(picture: Image.Image, share: float) -> Image.Image:
    """With the white patch of a lamp on it, a share of its width across, away from the finder patterns."""
    wide = picture.width
    mask = Image.new("L", picture.size, 0)
    radius = wide * share / 2
    x, y = wide * 0.55, wide * 0.55
    ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    white = Image.new("RGB", picture.size, (255, 255, 255))
    return Image.composite(white, picture, mask.filter(ImageFilter.GaussianBlur(wide / 100)))


def arguments(film_path: Path) -> list[str]:
    """Chromium's arguments for a camera that shows the film."""
    return [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film_path}",
    ]
