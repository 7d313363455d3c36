#!/usr/bin/env python3
"""Cuts the letters of charts out of Inter, into src/chart/fonts/.

    apt-get install fonts-inter && pip install fonttools==4.68.0
    python3 tests/draw/fonts.py [FOLDER]      where Inter lies, if not where Debian puts it

The fonts are kept in the repository; nothing needs this program to build or to run.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

INTER = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/opentype/inter")
FONTS = Path(__file__).resolve().parents[2] / "src" / "chart" / "fonts"
NAME = "Inter for Charts"

# Latin, Greek, Cyrillic, their marks, punctuation, currencies, the signs of figures.
LETTERS = (
    "20-7e,a0-24f,259,2b9-2dd,300-304,306-30c,30f,311,312,31b,323-328,329,32d,32e,331,335-338,370-3ff,400-52f,"
    "1e00-1eff,2010-2027,202f,2030-203a,2044,2070-209f,20a0-20c0,2100-214f,2150-215f,2190-2199,2202,2206,220f,2211,"
    "2212,2215,221a,221e,2248,2260,2264,2265"
)
FIGURES = {*range(0x30, 0x3A), 0x2B, 0x2D, 0x2212}


def letters():
    for part in LETTERS.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def set_figures_in_columns(font):
    """Maps figures and signs to the shapes of one width, which Inter has behind the feature `tnum`."""
    table = font["GSUB"].table
    even = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[index].SubTable:
                    part = getattr(part, "ExtSubTable", part)
                    even.update(getattr(part, "mapping", {}))
    for part in font["cmap"].tables:
        if part.isUnicode():
            for letter, shape in list(part.cmap.items()):
                if letter in FIGURES:
                    part.cmap[letter] = even.get(shape, shape)


def cut(font):
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.glyph_names = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=list(letters()))
    cutter.subset(font)


def rename(font, style, weight):
    """Under a name of its own, so that no Inter on the machine is taken for it."""
    script = f"{NAME.replace(' ', '').replace('for', 'For')}-{style}"
    full = f"{NAME} {style}"
    names = {1: NAME, 16: NAME, 2: style, 17: style, 3: f"pressrun {script}", 4: full, 6: script}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.string)
    font["OS/2"].usWeightClass = weight
    outlines = font["CFF "].cff
    outlines.fontNames = [script]
    outlines.topDictIndex[0].FamilyName = NAME
    outlines.topDictIndex[0].FullName = full


# Medium is what Regular is meant to be where a phone shows a chart at two thirds.
for source, style, weight in (("Medium", "Regular", 400), ("Bold", "Bold", 700)):
    font = TTFont(INTER / f"Inter-{source}.otf")
    set_figures_in_columns(font)
    cut(font)
    rename(font, style, weight)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(FONTS / f"{style.lower()}.otf")
