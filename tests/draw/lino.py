"""A printing workshop in one file: blocks of flat colour, lines cut with a gouge, and paper.

Everything is drawn at twice its size in numpy arrays and shrunk at the end. The look comes from three
habits of the craft. Tone is never a gradient of colour but of line width (`engrave`). Edges are pushed
about a little, as a knife does (`press`). Solid ink lets some paper through (`press` again).
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SCALE = 2

PAPER = (242, 239, 232)
INK = (26, 26, 26)
RED = (166, 20, 28)
NIGHT = (24, 42, 58)
DEEP = (38, 68, 90)
SEA = (70, 108, 128)
MIST = (139, 166, 176)
PALE = (198, 212, 212)
LAMP = (232, 184, 92)


def smooth_noise(shape, cell, seed):
    """Noise between -1 and 1 whose hills are about `cell` pixels wide."""
    rng = np.random.default_rng(seed)
    height, width = shape
    small = rng.uniform(-1, 1, (int(height / cell) + 3, int(width / cell) + 3)).astype("float32")
    grown = Image.fromarray(small, "F").resize((width, height), Image.BICUBIC)
    return np.asarray(grown)


def _bounds(mask):
    """The rows and columns a mask touches, or None."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _inks(used, apart):
    """A palette of the inks themselves and of one step between each pair that lies close enough to meet."""
    inks = [np.array(ink) for ink in sorted(used)]
    between = [(a + b) // 2 for i, a in enumerate(inks) for b in inks[i + 1 :]]
    every = []
    for ink in inks + between:
        if all(np.abs(ink - other).sum() > apart for other in every):
            every.append(ink)
    every = every[:64]
    palette = Image.new("P", (1, 1))
    palette.putpalette([int(part) for ink in every for part in ink] + [int(part) for part in every[0]] * (256 - len(every)))
    return palette


class Print:
    """One picture. Lengths are in pixels of the finished size."""

    def __init__(self, width, height, ground=PAPER, seed=1):
        self.width, self.height, self.seed = width, height, seed
        self.shape = (height * SCALE, width * SCALE)
        self.pixels = np.empty(self.shape + (3,), "float32")
        self.pixels[:] = ground
        self.used = {tuple(ground)}
        ys, xs = np.mgrid[0 : self.shape[0], 0 : self.shape[1]].astype("float32")
        self.x, self.y = xs / SCALE, ys / SCALE

    # Masks: arrays of 0 to 1.

    def all(self):
        return np.ones(self.shape, "float32")

    def _drawn(self, draw_with):
        image = Image.new("L", self.shape[::-1], 0)
        draw_with(ImageDraw.Draw(image))
        return np.asarray(image, "float32") / 255

    def polygon(self, points):
        return self._drawn(lambda d: d.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=255))

    def ellipse(self, cx, cy, rx, ry=None):
        ry = rx if ry is None else ry
        box = [(cx - rx) * SCALE, (cy - ry) * SCALE, (cx + rx) * SCALE, (cy + ry) * SCALE]
        return self._drawn(lambda d: d.ellipse(box, fill=255))

    def box(self, left, top, right, bottom, radius=0):
        box = [left * SCALE, top * SCALE, right * SCALE, bottom * SCALE]
        return self._drawn(lambda d: d.rounded_rectangle(box, radius * SCALE, fill=255))

    def stroke(self, points, width):
        points = [(x * SCALE, y * SCALE) for x, y in points]
        return self._drawn(lambda d: d.line(points, fill=255, width=max(1, round(width * SCALE)), joint="curve"))

    def text(self, at, words, size, bold=False, serif=False, anchor="ls"):
        family = "Serif" if serif else "Sans"
        font = ImageFont.truetype(f"Liberation{family}-{'Bold' if bold else 'Regular'}.ttf", size * SCALE)
        return self._drawn(lambda d: d.text((at[0] * SCALE, at[1] * SCALE), words, 255, font, anchor))

    def below(self, edge):
        """Everything under a line; `edge` gives y for an array of x."""
        return (self.y > edge(self.x)).astype("float32")

    def window(self, left, top, right, bottom):
        """A part of the picture to ink by formula alone, at a part of the cost."""
        part = Print.__new__(Print)
        rows = slice(max(0, int(top * SCALE)), max(0, int(bottom * SCALE)))
        columns = slice(max(0, int(left * SCALE)), max(0, int(right * SCALE)))
        part.pixels, part.x, part.y = self.pixels[rows, columns], self.x[rows, columns], self.y[rows, columns]
        part.shape, part.seed, part.used = part.x.shape, self.seed, self.used
        return part

    # Ink.

    def fill(self, mask, colour):
        self.used.add(tuple(colour))
        inked = _bounds(mask)
        if inked:
            cover = np.asarray(mask[inked], "float32")[..., None]
            self.pixels[inked] += (np.array(colour, "float32") - self.pixels[inked]) * cover

    def engrave(self, mask, phase, tone, colour, wobble=0.10, cell=90, seed=0):
        """Lines along whole numbers of `phase`, as wide as `tone` (0 none, 1 solid) says, in `colour`."""
        inked = _bounds(mask)
        if not inked:
            return
        phase, tone = phase[inked], tone[inked]
        if wobble:
            phase = phase + wobble * smooth_noise(self.shape, cell * SCALE, self.seed * 97 + seed)[inked]
        distance = np.abs((phase % 1.0) - 0.5) * 2  # 0 in the middle of a line
        across = np.hypot(*np.gradient(phase)) * 2 + 1e-6
        ink = np.clip((tone - distance) / across + 0.5, 0, 1)
        ink = np.where(tone <= 0.02, 0, ink)
        cover = np.zeros(self.shape, "float32")
        cover[inked] = mask[inked] * ink
        self.fill(cover, colour)

    def press(self, path, bite=1.3, salt=0.5, keep=None, apart=36):
        """Cuts the edges by hand, lets paper through the ink, and prints a small PNG."""
        height, width = self.shape
        grid_y, grid_x = np.mgrid[0:height, 0:width]
        push = bite * SCALE
        dx = push * smooth_noise(self.shape, 14 * SCALE, self.seed + 11)
        dy = push * smooth_noise(self.shape, 14 * SCALE, self.seed + 12)
        if keep is not None:
            dx, dy = dx * (1 - keep), dy * (1 - keep)
        source_y = np.clip(grid_y + dy, 0, height - 1).astype(int)
        source_x = np.clip(grid_x + dx, 0, width - 1).astype(int)
        cut = self.pixels[source_y, source_x]
        # Salt: where a fine grain and a broad cloud agree, the ink did not take.
        grain = smooth_noise(self.shape, 2.2 * SCALE, self.seed + 21)
        cloud = smooth_noise(self.shape, 70 * SCALE, self.seed + 22)
        missed = np.clip((grain + 0.3 * cloud - 0.98) * 6, 0, 1) * salt
        if keep is not None:
            missed = missed * (1 - keep)
        cut = cut + (np.array(PAPER, "float32") - cut) * missed[..., None] * 0.55
        image = Image.fromarray(np.clip(cut, 0, 255).astype("uint8"))
        image = image.resize((self.width, self.height), Image.LANCZOS)
        path = Path(path)
        flat = image.quantize(palette=_inks(self.used, apart), dither=Image.Dither.NONE)
        flat.save(path, optimize=True)
        print(f"{path.name}: {self.width} x {self.height}, {path.stat().st_size / 1000:.0f} kB")
