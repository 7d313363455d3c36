#!/usr/bin/env python3
"""Draws the pictures of the sample newsroom into issues/images/.

    pip install pillow numpy
    python3 tests/draw/draw.py            all of them
    python3 tests/draw/draw.py bells      one

The pictures are kept in the repository; nothing needs this program to build or to run.
"""

import sys
from pathlib import Path

import numpy as np

from lino import DEEP, INK, LAMP, MIST, NIGHT, PALE, PAPER, RED, SEA, Print, smooth_noise

IMAGES = Path(__file__).resolve().parents[2] / "issues" / "images"


def houses(p, base, seed, left, right, low, high, wide=(26, 54)):
    """A row of gabled house fronts as one mask, and where their windows are."""
    rng = np.random.default_rng(seed)
    mask, windows, x = np.zeros(p.shape, "float32"), [], left
    while x < right:
        width, height = rng.uniform(*wide), rng.uniform(low, high)
        top, roof = base - height, rng.uniform(10, 24)
        if rng.random() < 0.3:  # a stepped gable
            step = width / 6
            outline = [(x, base), (x, top), (x + step, top), (x + step, top - roof / 2), (x + 2 * step, top - roof / 2),
                       (x + 2 * step, top - roof), (x + 4 * step, top - roof), (x + 4 * step, top - roof / 2),
                       (x + 5 * step, top - roof / 2), (x + 5 * step, top), (x + width, top), (x + width, base)]
        else:
            outline = [(x, base), (x, top), (x + width / 2, top - roof), (x + width, top), (x + width, base)]
        mask = np.maximum(mask, p.polygon(outline))
        if rng.random() < 0.5:  # a chimney
            mask = np.maximum(mask, p.box(x + width * 0.68, top - roof, x + width * 0.82, top))
        for row in range(int(height // 19)):
            for column in range(int(width // 14)):
                if rng.random() < 0.5:
                    windows.append((x + 6 + column * 14, top + 8 + row * 19))
        x += width + rng.uniform(-2, 3)
    return mask, windows


def light(p, windows, colour=LAMP, width=5, height=8):
    for x, y in windows:
        p.fill(p.box(x, y, x + width, y + height), colour)


def crests(base, height, length, shift):
    """A swell whose crests hook over to the left: y of its surface for arrays of x and y."""

    def edge(x, y):
        above = np.clip(base - y, 0, height)
        x = x + 0.62 * height * (above / height) ** 1.7
        t = (x + shift) / length + 0.14 * np.sin(x / length * 1.7 + shift)
        tall = height * (0.84 + 0.26 * np.sin(x / length * 2.3 + shift * 1.3))
        return base - tall * (1 - np.abs(np.sin(np.pi * t))) ** 1.15 - 3 * np.sin(x / 41 + shift)

    return edge


def barrier_night():
    p = Print(1200, 675, NIGHT, seed=3)
    moon_x, moon_y = 872, 142
    away = np.hypot(p.x - moon_x, p.y - moon_y)
    # The sky: rings around the moon, wide near it and thin far off.
    tone = np.clip(0.80 - away / 640, 0.07, 0.8)
    p.engrave(p.all(), away / 15, tone, DEEP, wobble=0.35, seed=1)
    p.engrave((away < 330).astype("float32"), away / 15, np.clip(0.62 - away / 420, 0, 1), SEA, wobble=0.35, seed=1)
    p.fill(p.ellipse(moon_x, moon_y, 78), PAPER)
    craters = [(-26, -18, 17), (20, 14, 22), (-8, 36, 11), (34, -30, 9)]
    for dx, dy, r in craters:
        spot = p.ellipse(moon_x + dx, moon_y + dy, r)
        p.engrave(spot, (p.y + p.x * 0.3) / 5, np.full(p.shape, 0.34), MIST, seed=2)
    # Torn clouds.
    for cx, cy, w, h in [(700, 188, 190, 15), (1010, 92, 170, 11), (330, 110, 230, 13), (520, 60, 150, 9)]:
        ragged = 8 * smooth_noise(p.shape, 34 * 2, int(cx))
        cloud = (np.hypot((p.x - cx) / w, (p.y - cy + ragged) / h) < 1).astype("float32")
        p.fill(cloud, NIGHT)
        p.engrave(cloud, (p.y + ragged * 0.4) / 7, np.clip(0.55 - np.abs(p.x - moon_x) / 800, 0.1, 1), MIST, seed=4)
    # The old town behind the gate, dry, with its windows lit.
    far, _ = houses(p, 392, 5, -10, 1210, 50, 105, (30, 60))
    p.fill(far, DEEP)
    tower = np.maximum(p.box(392, 206, 430, 400), p.polygon([(386, 208), (411, 138), (436, 208)]))
    p.fill(tower, DEEP)
    near, windows = houses(p, 400, 9, -10, 1210, 34, 78)
    p.fill(near, (16, 29, 41))
    light(p, windows)
    p.fill(p.ellipse(411, 236, 9), LAMP)
    # The barrier: five piers with hoods, four closed gates between them.
    top, water = 372, 470
    piers = [96, 322, 548, 774, 1000]
    for left, right in zip(piers, piers[1:]):
        gate = p.box(left + 30, top + 2, right - 30, water + 60)
        p.fill(gate, SEA)
        p.engrave(gate, p.x / 22, np.full(p.shape, 0.16), NIGHT, wobble=0.02, seed=5)
        p.engrave(gate, (p.y - top) / 26, np.clip((p.y - top) / 160, 0.05, 0.6), NIGHT, wobble=0.05, seed=6)
        p.fill(p.box(left + 26, top - 5, right - 26, top + 5), INK)
        p.fill(p.box(left + 30, top - 3, right - 30, top), PALE)
    for x in piers:
        body = p.polygon([(x - 34, water + 70), (x - 30, top - 6), (x + 30, top - 6), (x + 34, water + 70)])
        p.fill(body, INK)
        p.engrave(body * (p.x > x).astype("float32"), p.y / 8, np.clip((p.x - x) / 60, 0, 0.5), SEA, seed=7)
        angle = np.linspace(np.pi, 2 * np.pi, 40)
        hood = [(x + 44 * np.cos(a), top - 4 + 86 * np.sin(a) ** 1) for a in angle]
        hood = p.polygon([(x - 44, top + 4)] + hood + [(x + 44, top + 4)])
        p.fill(hood, INK)
        shine = hood * (np.hypot((p.x - x + 8) / 44, (p.y - top + 4) / 86) < 1).astype("float32") * (p.x > x - 6)
        p.engrave(shine, np.hypot((p.x - x) / 44, (p.y - top) / 86) * 9, np.clip((p.x - x + 6) / 62, 0, 0.75), PALE, wobble=0.05, seed=8)
        p.fill(p.ellipse(x, top - 102, 6), RED)
        p.fill(p.box(x - 1.5, top - 97, x + 1.5, top - 84), INK)
    # The sea on this side, higher than the quay.
    swells = [(452, 26, 118, 20, DEEP, SEA), (496, 38, 168, 90, NIGHT, SEA), (548, 54, 236, 160, DEEP, MIST), (612, 78, 330, 60, NIGHT, SEA)]
    for number, (base, height, length, shift, body, cut) in enumerate(swells):
        edge = crests(base, height, length, shift)(p.x, p.y)
        depth = p.y - edge
        crest = np.clip((base - height * 0.10 - edge) / (height * 0.5), 0, 1)
        sea = (depth > 0).astype("float32")
        p.fill((depth > -(2.5 + number + 4 * crest)).astype("float32"), PAPER)
        p.fill(sea, body)
        p.engrave(sea, depth / (8 + 2 * number), np.clip(0.62 - depth / (66 + 26 * number), 0, 1), cut, wobble=0.4, cell=60, seed=10 + number)
        ragged = smooth_noise(p.shape, 10 * 2, 40 + number)
        foam = sea * (depth < (7 + 5 * number) * (0.35 + crest) * (1 + 0.9 * ragged))
        p.fill(foam.astype("float32"), PAPER)
        spray = smooth_noise(p.shape, 4.5 * 2, 50 + number) > 0.66
        p.fill((spray & (depth < -3) & (depth > -14 - 6 * number) & (crest > 0.7)).astype("float32"), PAPER)
    # Moonlight on the water.
    lane = np.clip(1 - np.abs(p.x - moon_x - 20 * np.sin(p.y / 23)) / (20 + (p.y - 440) * 0.30), 0, 1) * (p.y > 452)
    p.engrave((lane > 0).astype("float32"), p.y / 11, lane * 0.55, PAPER, wobble=0.5, cell=40, seed=15)
    # The lighthouse on its rock, near us.
    rock = [(1010, 675), (1036, 560), (1068, 520), (1094, 498), (1150, 486), (1200, 492), (1200, 675)]
    p.fill(p.polygon(rock), INK)
    p.engrave(p.polygon(rock), (p.x * 0.8 + p.y) / 17, np.clip((p.x - 1010) / 700, 0.05, 0.24), SEA, wobble=0.8, cell=40, seed=16)
    tower = p.polygon([(1098, 500), (1112, 262), (1158, 262), (1172, 500)])
    p.fill(tower, PAPER)
    for low, high in [(452, 500), (356, 404), (262, 308)]:
        p.fill(tower * ((p.y > low) & (p.y < high)).astype("float32"), RED)
    p.engrave(tower * (p.x > 1130).astype("float32"), p.y / 7, np.clip((p.x - 1130) / 50, 0, 0.72), INK, wobble=0.05, seed=17)
    p.fill(p.box(1100, 252, 1170, 264), INK)
    p.fill(p.box(1118, 216, 1152, 253), LAMP)
    for x in (1118, 1129, 1141, 1152):
        p.fill(p.box(x - 1.5, 216, x + 1.5, 253), INK)
    p.fill(p.polygon([(1110, 218), (1135, 190), (1160, 218)]), INK)
    p.fill(p.box(1133, 176, 1137, 194), INK)
    beam = p.polygon([(1118, 232), (1118, 238), (600, 330), (600, 262)])
    p.engrave(beam * (p.y < 366), (p.y - 235 - (1118 - p.x) * 0.118) / np.maximum(3, (1118 - p.x) / 42) + 0.5, np.clip(0.86 - (1118 - p.x) / 620, 0, 0.8), LAMP, wobble=0.0, seed=18)
    p.press(IMAGES / "barrier-night.png")


def night_tram():
    p = Print(1200, 675, NIGHT, seed=7)
    glow = np.hypot((p.x - 600) / 1.7, p.y - 400)
    p.engrave(p.all(), (p.y + 7 * np.sin(p.x / 160)) / 14, np.clip(0.74 - glow / 470, 0.05, 0.7), DEEP, wobble=0.35, seed=1)
    p.engrave(p.all(), (p.y + 7 * np.sin(p.x / 160)) / 14, np.clip(0.52 - glow / 420, 0, 0.5), SEA, wobble=0.35, seed=1)
    rng = np.random.default_rng(4)
    for _ in range(46):
        x, y, r = rng.uniform(0, 1200), rng.uniform(10, 210), rng.uniform(1.0, 2.2)
        p.fill(p.ellipse(x, y, r), PAPER)
    crescent = p.ellipse(196, 106, 46) * (1 - p.ellipse(216, 94, 42))
    p.fill(crescent, PAPER)
    # Hill and town on the far bank.
    hill = p.below(lambda x: 372 - 96 * np.exp(-(((x - 930) / 240) ** 2)) - 30 * np.exp(-(((x - 250) / 200) ** 2)))
    p.fill(hill, DEEP)
    p.engrave(hill, (p.y + 0.35 * np.abs(p.x - 930)) / 10, np.full(p.shape, 0.2), NIGHT, wobble=0.4, seed=2)
    town, windows = houses(p, 440, 21, -10, 1210, 36, 84)
    p.fill(town, (16, 29, 41))
    light(p, windows)
    p.fill(np.maximum(p.box(1014, 236, 1046, 420), p.polygon([(1008, 238), (1030, 176), (1052, 238)])), (16, 29, 41))
    p.fill(p.ellipse(1030, 262, 8), LAMP)
    # The river.
    river = p.below(lambda x: 446 + 0 * x)
    p.fill(river, NIGHT)
    p.engrave(river, p.y / 10, np.clip(0.46 - (p.y - 446) / 520, 0.08, 1), DEEP, wobble=0.45, cell=70, seed=3)
    deck = 388
    # Reflections: of windows, of the tram's red, of its lamp.
    def reflection(left, right, strength, colour, seed, reach=200):
        centre, half = (left + right) / 2, (right - left) / 2
        fade = np.clip(1 - (p.y - 456) / reach, 0, 1)
        sway = 9 * np.sin(p.y / 9 + seed) * (p.y - 446) / 120
        inside = np.clip((half - np.abs(p.x - centre - sway)) / 8 + 0.5, 0, 1) * (p.y > 462)
        p.engrave((inside > 0).astype("float32"), p.y / 10 + 0.5, inside * fade * strength, colour, wobble=0.45, cell=70, seed=seed)

    reflection(372, 836, 0.62, RED, 31, 190)
    for x in range(404, 800, 56):
        reflection(x, x + 38, 0.62, LAMP, 32 + x, 170)
    for x, _ in windows[::5]:
        reflection(x - 1, x + 6, 0.6, LAMP, int(x), 70)
    reflection(838, 856, 0.8, PAPER, 60, 215)
    # The bridge: a deck on three arches of iron lattice between stone piers.
    piers = [-60, 310, 680, 1050, 1420]
    for left, right in zip(piers, piers[1:]):
        centre, span = (left + right) / 2, (right - left) / 2
        rise = lambda x: deck + 108 - 94 * np.sqrt(np.clip(1 - ((x - centre) / span) ** 2, 0, 1))
        between = ((p.x > left) & (p.x < right)).astype("float32")
        arch = between * ((p.y > rise(p.x)) & (p.y < rise(p.x) + 15)).astype("float32")
        web = between * ((p.y > deck) & (p.y < rise(p.x))).astype("float32")
        for lean in (1, -1):
            p.engrave(web, (p.x + lean * p.y) / 25, np.full(p.shape, 0.22), INK, wobble=0.0)
        p.fill(arch, INK)
        p.engrave(arch, (p.y - rise(p.x)) / 15 + 0.15, np.full(p.shape, 0.16), SEA, wobble=0.0)
    for x in piers[1:-1]:
        pier = p.polygon([(x - 25, deck), (x + 25, deck), (x + 34, 545), (x - 34, 545)])
        p.fill(pier, INK)
        p.engrave(pier * (p.x > x - 10), p.y / 13, np.clip((p.x - x + 10) / 90, 0, 0.5), SEA, wobble=0.12, seed=5)
        p.fill(p.ellipse(x, 548, 52, 7), INK)
        p.engrave(p.ellipse(x, 553, 62, 10), p.y / 7, np.full(p.shape, 0.4), MIST, seed=6)
    p.fill(p.box(-5, deck - 8, 1205, deck + 12), INK)
    p.fill(p.box(-5, deck - 4, 1205, deck - 2), SEA)
    for x in range(-8, 1210, 17):  # the railing
        p.fill(p.box(x, deck - 28, x + 2.5, deck - 6), INK)
    p.fill(p.box(-5, deck - 31, 1205, deck - 27), INK)
    # Posts, the wire and the lamps.
    for x in (132, 310, 966, 1118):
        p.fill(p.box(x - 3.5, 176, x + 3.5, deck), INK)
        p.fill(p.box(x - 3, 196, x + 62, 200), INK)
        p.fill(p.stroke([(x, 226), (x + 50, 199)], 3), INK)
    p.fill(p.stroke([(-5, 204), (160, 212), (360, 214), (600, 215), (850, 214), (1000, 212), (1205, 205)], 2.5), INK)
    # The headlamp's cone, then the tram.
    cone = p.polygon([(852, 352), (852, 364), (1200, 392), (1200, 306)])
    away = (p.x - 850) / 350
    p.engrave(cone * (p.y < deck - 8), (p.y - 357) / np.maximum(3, 4 + away * 16) + 0.5, np.clip(0.72 - away * 0.8, 0, 1), LAMP, wobble=0.0)
    left, right, roof, floor = 356, 846, 252, 374
    shell = p.polygon([(left + 14, roof), (right - 46, roof), (right - 16, roof + 22), (right, roof + 74), (right + 2, floor), (left, floor), (left, roof + 14)])
    p.fill(p.polygon([(left + 24, roof), (left + 40, roof - 14), (right - 80, roof - 14), (right - 60, roof)]), INK)
    p.fill(p.stroke([(560, roof - 12), (600, 217), (640, roof - 12)], 4), INK)
    p.fill(p.box(582, 213, 618, 219), INK)
    p.fill(shell, RED)
    p.fill(shell * (p.y < roof + 18), PAPER)
    p.fill(shell * ((p.y > roof + 16) & (p.y < roof + 21)), INK)
    p.fill(shell * ((p.y > floor - 40) & (p.y < floor - 35)), PAPER)
    p.engrave(shell * (p.y > floor - 32), p.y / 6, np.clip((p.y - floor + 34) / 44, 0, 0.7), (96, 12, 18), wobble=0.05, seed=8)
    people = np.random.default_rng(12)
    for x in range(left + 22, right - 92, 56):
        pane = p.box(x, roof + 26, x + 44, floor - 46, 4)
        if x in (left + 22 + 112, left + 22 + 336):  # doors
            p.fill(p.box(x - 4, roof + 23, x + 48, floor - 2), INK)
            for half in (x, x + 23):
                p.fill(p.box(half, roof + 26, half + 20, floor - 6, 2), LAMP)
            continue
        p.fill(p.box(x - 3, roof + 23, x + 47, floor - 43, 5), INK)
        p.fill(pane, LAMP)
        p.engrave(pane, (p.y + p.x) / 9, np.full(p.shape, 0.16), PAPER, wobble=0.0)
        for _ in range(people.integers(1, 3)):
            head, tall = x + people.uniform(10, 34), floor - 46 - people.uniform(17, 26)
            sitter = np.maximum(p.ellipse(head, tall, 5.5, 6.5), p.ellipse(head, tall + 20, 10.5, 15)) * pane
            p.fill(sitter, NIGHT)
    cab = p.polygon([(right - 66, roof + 26), (right - 36, roof + 26), (right - 22, roof + 34), (right - 8, roof + 76), (right - 66, roof + 76)])
    p.fill(cab, PALE)
    driver = np.maximum(p.ellipse(right - 44, roof + 50, 6.5, 7.5), p.ellipse(right - 46, roof + 76, 13, 18)) * cab
    p.fill(driver, INK)
    p.fill(p.box(right - 58, roof + 2, right - 30, roof + 15, 2), INK)
    p.fill(p.text((right - 44, roof + 13.5), "1", 12, bold=True, anchor="ms"), LAMP)
    p.fill(p.ellipse(right - 8, floor - 18, 8), PAPER)
    p.fill(p.box(left + 10, floor, right - 6, floor + 6), INK)
    for x in (left + 60, left + 124, right - 150, right - 86):
        p.fill(p.ellipse(x, floor + 3, 11), INK)
    p.press(IMAGES / "night-tram.png")


def oyster_reef():
    p = Print(1200, 675, DEEP, seed=11)
    sun_x, sun_y = 330, -190
    angle = np.arctan2(p.x - sun_x, p.y - sun_y)
    away = np.hypot(p.x - sun_x, p.y - sun_y)
    p.engrave(p.all(), away / 17, np.clip(1.05 - away / 700, 0, 0.9), SEA, wobble=0.4, seed=1)
    p.engrave(p.all(), away / 17, np.clip(0.82 - away / 620, 0, 0.8), MIST, wobble=0.4, seed=1)
    p.engrave(p.all(), away / 17, np.clip(-0.25 + (away - 560) / 700, 0, 0.8), NIGHT, wobble=0.4, seed=1)
    for middle, half, reach in [(-0.30, 0.050, 560), (-0.06, 0.035, 700), (0.16, 0.065, 760), (0.42, 0.045, 800), (0.66, 0.06, 760)]:
        ray = np.clip((half - np.abs(angle - middle)) / 0.01, 0, 1)
        p.engrave(ray, away / 17, np.clip(0.80 - away / reach / 1.35, 0, 0.7), PALE, wobble=0.4, seed=1)
    surface = p.y < 30 + 9 * np.sin(p.x / 46) + 5 * np.sin(p.x / 17)
    p.fill(surface.astype("float32"), PALE)
    p.engrave(surface.astype("float32"), (p.y + 9 * np.sin(p.x / 46)) / 8, np.full(p.shape, 0.35), PAPER, wobble=0.4, seed=2)
    # Weed, swaying.
    rng = np.random.default_rng(8)
    def weed(x, foot, height, colour, lean):
        for side in range(int(height / 17)):
            t = side * 17 / height
            cx, cy = x + lean * t * t * 70 + 11 * np.sin(t * 7 + x), foot - t * height
            way = 1 if side % 2 else -1
            p.fill(p.polygon([(cx, cy), (cx + way * 14, cy - 19), (cx + way * 30, cy - 25), (cx + way * 17, cy - 7)]), colour)
        stem = [(x + lean * t * t * 70 + 11 * np.sin(t * 7 + x), foot - t * height) for t in np.linspace(0, 1, 30)]
        p.fill(p.stroke(stem, 4), colour)
    for x, height, lean in [(1000, 330, -1), (1054, 420, -0.6), (1110, 370, -0.9), (1168, 470, -0.5), (34, 250, 0.9), (82, 190, 1.1)]:
        weed(x, 640, height, NIGHT, lean)
    # A far ridge, then the shoal.
    ridge = p.below(lambda x: 520 - 70 * np.exp(-(((x - 900) / 260) ** 2)) + 8 * np.sin(x / 31))
    p.fill(ridge, NIGHT)
    p.engrave(ridge, (p.y - 30 * np.sin(p.x / 190)) / 12, np.full(p.shape, 0.20), DEEP, wobble=0.4, seed=3)
    def fish(x, y, size, colour, belly, flip=1):
        t = np.linspace(0, np.pi, 24)
        upper = [(x + flip * size * (1 - 2 * s / np.pi), y - size * 0.30 * np.sin(s)) for s in t]
        lower = [(x - flip * size * (1 - 2 * s / np.pi), y + size * 0.26 * np.sin(s)) for s in t]
        body = p.polygon(upper + lower)
        tail = p.polygon([(x - flip * size * 0.82, y), (x - flip * size * 1.42, y - size * 0.34), (x - flip * size * 1.22, y), (x - flip * size * 1.42, y + size * 0.32)])
        p.fill(np.maximum(body, tail), colour)
        p.engrave(body * (p.y > y), p.x / (size / 5), np.full(p.shape, 0.45), belly, wobble=0.05)
        p.fill(p.polygon([(x - size * 0.2, y - size * 0.25), (x - flip * size * 0.45, y - size * 0.48), (x + flip * size * 0.25, y - size * 0.27)]), colour)
        p.fill(p.ellipse(x + flip * size * 0.64, y - size * 0.05, size * 0.10), PAPER)
        p.fill(p.ellipse(x + flip * size * 0.66, y - size * 0.05, size * 0.045), INK)
    for number in range(19):
        t = number / 18
        x, y = 470 + 440 * t + rng.uniform(-22, 22), 190 + 95 * np.sin(t * 3.1 + 0.5) + rng.uniform(-46, 46)
        fish(x, y, rng.uniform(17, 25), INK if number % 4 else NIGHT, MIST, 1)
    fish(250, 300, 46, NIGHT, PALE, 1)
    whole = p
    # The reef: shells on shells, the far ones darker, the near ones large.
    mound = lambda x: 560 - 172 * np.exp(-(((x - 520) / 300) ** 2)) - 26 * np.sin(x / 83)
    p.fill(p.below(lambda x: mound(x) + 12), INK)
    def shell(x, y, size, turn, colour, cut):
        p = whole.window(x - size * 1.5, y - size * 1.5, x + size * 1.5, y + size * 1.5)
        if 0 in p.shape:
            return
        dx, dy = p.x - x, p.y - y
        c, s = np.cos(turn), np.sin(turn)
        u, v = (dx * c + dy * s) / size, (-dx * s + dy * c) / (size * 0.66)
        # A shell is broad at its lip and narrow at its hinge, and its lip is frilled.
        bearing = np.arctan2(v, u)
        radius = np.hypot(u, v * (1.16 - 0.30 * u)) * (1 + 0.055 * np.sin(bearing * 11 + x) + 0.03 * np.sin(bearing * 5 + y))
        hinge = np.hypot(u + 0.78, v)
        body = (radius < 1).astype("float32")
        p.fill((radius < 1 + 3.2 / size).astype("float32"), INK)
        p.fill(body, colour)
        p.engrave(body, hinge * (4.2 + size / 22), np.clip(0.16 + v * 0.42 + radius * 0.12, 0.10, 0.8), cut, wobble=0.25, cell=26, seed=int(x) % 50)
    shells = []
    for layer, (count, low, high, smallest, largest) in enumerate([(150, 4, 60, 15, 23), (130, 48, 130, 21, 31), (150, 105, 300, 28, 42)]):
        for _ in range(count):
            x = rng.normal(540, 300) if layer == 0 else rng.uniform(-20, 1220) if layer == 1 else rng.uniform(0, 1200)
            shells.append((layer, x, mound(x) + rng.uniform(low, high), rng.uniform(smallest, largest), rng.uniform(-0.9, 0.9) - np.pi / 2 * (rng.random() < 0.6)))
    tints = [[(SEA, NIGHT), (DEEP, INK), (MIST, DEEP)], [(MIST, DEEP), (SEA, NIGHT), (PALE, DEEP)], [(PALE, DEEP), (PAPER, SEA), (MIST, NIGHT)]]
    for number, (layer, x, y, size, turn) in enumerate(sorted(shells, key=lambda s: s[2])):
        shell(x, y, size, turn, *tints[layer][number % 3])
    # The young ones: thumbnails of lamp light on the big shells.
    for _ in range(26):
        x = rng.uniform(250, 860)
        shell(x, mound(x) + rng.uniform(26, 190), rng.uniform(6.5, 9.5), rng.uniform(-2, 0), LAMP, (150, 98, 34))
    # A crab, because there is always one.
    cx, cy = 742, mound(742) + 6
    for way in (-1, 1):
        for k in range(3):
            p.fill(p.stroke([(cx + way * 24, cy + 2 + k * 4), (cx + way * (46 + k * 3), cy - 10 + k * 11), (cx + way * (54 + k), cy + 10 + k * 9)], 4.5), RED)
        p.fill(p.stroke([(cx + way * 26, cy - 6), (cx + way * 48, cy - 24), (cx + way * 42, cy - 36)], 6.5), RED)
        claw = p.ellipse(cx + way * 40, cy - 43, 13, 10) * (1 - p.polygon([(cx + way * 36, cy - 58), (cx + way * 41, cy - 41), (cx + way * 50, cy - 58)]))
        p.fill(claw, RED)
        p.fill(p.stroke([(cx + way * 8, cy - 14), (cx + way * 9, cy - 24)], 3), RED)
        p.fill(p.ellipse(cx + way * 9, cy - 26, 4), INK)
    body = p.ellipse(cx, cy, 33, 20)
    p.fill(body, RED)
    p.engrave(body * (p.y > cy - 6), p.y / 6, np.clip((p.y - cy + 8) / 36, 0, 0.7), (96, 12, 18), wobble=0.1)
    for bx, by, br in [(560, 330, 7), (572, 300, 5), (556, 276, 8), (570, 244, 4), (866, 420, 5), (858, 396, 7), (868, 370, 4)]:
        p.fill(p.ellipse(bx, by, br) * (1 - p.ellipse(bx + br * 0.2, by + br * 0.2, br * 0.68)), PAPER)
    p.press(IMAGES / "oyster-reef.png", apart=70)


def bells():
    p = Print(1200, 675, PAPER, seed=17)
    sun_x, sun_y = 600, 640
    away, angle = np.hypot(p.x - sun_x, p.y - sun_y), np.arctan2(p.y - sun_y, p.x - sun_x)
    p.engrave(p.all(), away / 15, np.clip((away - 170) / 640, 0, 0.72), MIST, wobble=0.3, seed=1)
    p.engrave(p.all(), away / 15, np.clip((away - 430) / 520, 0, 0.8), SEA, wobble=0.3, seed=1)
    rays = np.clip((np.cos(angle * 30) - 0.35) * 6, 0, 1) * (away > 250)
    p.engrave(rays.astype("float32"), away / 15, np.clip(0.9 - away / 900, 0, 0.6), LAMP, wobble=0.3, seed=1)
    p.fill(p.ellipse(sun_x, sun_y, 232), LAMP)
    p.fill(p.ellipse(sun_x, sun_y, 206), RED)
    # Roofs along the foot.
    far, _ = houses(p, 690, 3, -10, 1210, 60, 118, (40, 80))
    p.fill(far, DEEP)
    near, windows = houses(p, 690, 14, -10, 1210, 26, 66, (44, 86))
    p.fill(near, NIGHT)
    light(p, windows[::2], LAMP, 6, 9)
    # The belfry, open to us: stone posts, a beam, a lower beam, eight bells.
    left, right, top = 286, 914, 92
    frame = np.maximum(p.box(left, top, left + 58, 690), p.box(right - 58, top, right, 690))
    roof = p.polygon([(left - 30, top + 4), (600, -92), (right + 30, top + 4)])
    p.fill(roof, NIGHT)
    for row in range(9):
        p.engrave(roof * ((p.y > row * 13 - 30) & (p.y <= row * 13 - 17)), (p.x + (row % 2) * 15) / 30, np.full(p.shape, 0.10), MIST, wobble=0.03)
    p.engrave(roof, p.y / 13, np.full(p.shape, 0.13), MIST, wobble=0.05)
    p.fill(p.box(left - 40, top, right + 40, top + 22), INK)
    p.fill(p.box(left - 40, top + 4, right + 40, top + 7), MIST)
    p.fill(frame, INK)
    for number, y in enumerate(range(top + 22, 690, 33)):
        for x0 in (left, right - 58):
            block = p.box(x0 + 3, y + 2, x0 + 55, y + 31)
            p.engrave(block, (p.y + 3 * np.sin(p.x / 9)) / 7, np.clip((p.x - x0) / 90 if x0 > 600 else (x0 + 58 - p.x) / 90, 0.05, 0.55), MIST, wobble=0.2, seed=number)
    for y in (150, 384):
        p.fill(p.box(left + 50, y, right - 50, y + 24), INK)
        p.engrave(p.box(left + 58, y + 4, right - 58, y + 20), (p.y + 2 * np.sin(p.x / 40)) / 5.5, np.full(p.shape, 0.26), (122, 84, 44), wobble=0.3, seed=4)
    def bell(cx, cy, size, swing):
        """A bell hanging from (cx, cy), swung by `swing` radians."""
        c, s = np.cos(swing), np.sin(swing)
        u, v = ((p.x - cx) * c + (p.y - cy) * s) / size, (-(p.x - cx) * s + (p.y - cy) * c) / size
        waist = np.interp(v, [0.16, 0.22, 0.32, 0.60, 0.95, 1.22, 1.36, 1.42], [0.0, 0.30, 0.40, 0.46, 0.55, 0.72, 0.84, 0.84])
        body = ((np.abs(u) < waist) & (v > 0.17) & (v < 1.42)).astype("float32")
        crown = ((np.abs(u) < 0.15) & (v > -0.08) & (v < 0.24)).astype("float32")
        stock = ((np.abs(u) < 0.52) & (v > -0.14) & (v < 0.02)).astype("float32")
        edge = ((np.abs(u) < waist + 3.4 / size) & (v > 0.17 - 3.4 / size) & (v < 1.42 + 3.4 / size)).astype("float32")
        clapper = (np.hypot(u * 1.0 - swing * 0.5, v - 1.50) < 0.14).astype("float32")
        p.fill(np.maximum(np.maximum(edge, crown), np.maximum(stock, clapper)), INK)
        p.fill(body, (172, 122, 58))
        p.engrave(body, v * size / 5.5, np.clip(u / np.maximum(waist, 0.05) * 0.62 + 0.28, 0, 0.92), INK, wobble=0.1, seed=int(cx) % 30)
        p.engrave(body * (np.abs(u / np.maximum(waist, 0.05) + 0.52) < 0.17), v * size / 5.5 + 0.5, np.full(p.shape, 0.5), PAPER, wobble=0.1, seed=int(cx) % 30)
        for band in (0.42, 1.10, 1.18):
            p.fill(body * (np.abs(v - band) < 1.3 / size), INK)
    for number, cx in enumerate((412, 537, 663, 788)):
        bell(cx, 186, 62 + 4 * number, (0.26, -0.16, 0.12, -0.20)[number])
    for number, cx in enumerate((414, 537, 664, 788)):
        bell(cx, 420, 74 + 4 * number, (-0.22, 0.20, -0.26, 0.14)[number])
    # Starlings, startled.
    rng = np.random.default_rng(31)
    for _ in range(34):
        way = rng.choice([-1, 1])
        distance = rng.uniform(0, 1) ** 0.8
        x, y = 600 + way * (380 + 210 * distance), 250 - 150 * distance + rng.uniform(-110, 150)
        size, tilt, flap = rng.uniform(8, 17), rng.uniform(-0.35, 0.35), rng.uniform(0.2, 0.95)
        points = [(-1.3, -flap), (-0.5, -0.30), (-0.12, 0.02), (0.0, -0.16), (0.14, 0.02), (0.55, -0.34), (1.3, -flap * 0.8), (0.62, 0.06), (0.16, 0.34), (0.0, 0.62), (-0.16, 0.34), (-0.6, 0.08)]
        c, s = np.cos(tilt), np.sin(tilt)
        p.fill(p.polygon([(x + size * (a * c - b * s), y + size * (a * s + b * c)) for a, b in points]), INK)
    p.press(IMAGES / "bells.png", apart=60)


def halloran():
    p = Print(1120, 480, (247, 242, 230), seed=23)
    ground, wood = (247, 242, 230), (86, 58, 36)
    # The window: a night wall of boards with a warm middle.
    wall = p.box(0, 0, 1120, 480)
    p.fill(wall, NIGHT)
    p.engrave(wall, p.x / 56, np.full(p.shape, 0.05), INK, wobble=0.02)
    glow = np.hypot(p.x - 330, (p.y - 250) * 1.05)
    p.engrave(wall, glow / 11, np.clip(0.85 - glow / 300, 0, 0.8), LAMP, wobble=0.2, seed=1)
    p.engrave(wall, glow / 11, np.clip(0.62 - glow / 520, 0, 0.5) * (glow > 190), DEEP, wobble=0.2, seed=1)
    # A shelf and the rail above it.
    p.fill(p.box(0, 404, 1120, 480), wood)
    p.engrave(p.box(0, 408, 1120, 480), (p.y + 5 * np.sin(p.x / 130)) / 9, np.full(p.shape, 0.34), INK, wobble=0.5, seed=2)
    p.fill(p.box(0, 400, 1120, 407), INK)
    p.fill(p.box(0, 34, 1120, 44), INK)
    p.fill(p.box(0, 36, 1120, 38), MIST)
    # The storm lamp.
    x = 330
    p.fill(p.stroke([(x - 62, 330), (x - 74, 210), (x - 52, 140), (x, 122), (x + 52, 140), (x + 74, 210), (x + 62, 330)], 7), INK)
    hang = np.linspace(np.pi, 2 * np.pi, 30)
    p.fill(p.stroke([(x + 54 * np.cos(a), 140 + 92 * np.sin(a)) for a in hang], 5), INK)
    p.fill(p.polygon([(x - 34, 172), (x - 24, 134), (x + 24, 134), (x + 34, 172)]), RED)
    p.fill(p.box(x - 15, 112, x + 15, 136, 4), INK)
    y = np.linspace(0, 1, 30)
    bulge = [(x - 34 - 22 * np.sin(np.pi * t) ** 1.2, 172 + 132 * t) for t in y]
    glass = p.polygon(bulge + [(2 * x - a, b) for a, b in reversed(bulge)])
    p.fill(glass, (252, 233, 188))
    p.engrave(glass, np.hypot(p.x - x, p.y - 262) / 8, np.clip(np.hypot(p.x - x, p.y - 262) / 150 - 0.12, 0, 0.6), LAMP, wobble=0.1, seed=3)
    flame = p.polygon([(x, 208), (x + 12, 244), (x + 15, 264), (x + 7, 284), (x - 7, 284), (x - 15, 264), (x - 11, 244)])
    p.fill(flame, RED)
    p.fill(p.polygon([(x, 238), (x + 7, 262), (x, 282), (x - 7, 262)]), (238, 158, 64))
    p.fill(glass * (np.abs(p.x - x + 36) < 3) * (p.y > 205) * (p.y < 280), PAPER)
    for dx in (-38, 38):
        p.fill(p.stroke([(x + dx * 0.9, 176), (x + dx * 1.3, 236), (x + dx * 0.9, 300)], 2.4), INK)
    p.fill(p.polygon([(x - 44, 304), (x + 44, 304), (x + 70, 336), (x + 76, 396), (x - 76, 396), (x - 70, 336)]), RED)
    p.engrave(p.polygon([(x - 44, 304), (x + 44, 304), (x + 70, 336), (x + 76, 396), (x - 76, 396), (x - 70, 336)]) * (p.x > x - 10), p.y / 7, np.clip((p.x - x) / 90, 0, 0.7), INK, wobble=0.05)
    p.fill(p.box(x - 84, 392, x + 84, 405, 4), INK)
    # The coil of rope, seen a little from above.
    cx = 604
    for turn in range(5):
        cy = 388 - turn * 27
        for way in (0, 1):
            ring = p.ellipse(cx + 3 * (turn % 2), cy, 128 - way * 15, 27 - way * 5)
            p.fill(ring, INK)
        band = p.ellipse(cx + 3 * (turn % 2), cy, 125, 25)
        p.fill(band, (208, 176, 118))
        p.engrave(band, (p.x - 1.1 * p.y) / 12, np.full(p.shape, 0.26), wood, wobble=0.06)
        p.engrave(band * (p.x > cx + 20), p.y / 5, np.clip((p.x - cx - 20) / 150, 0, 0.6), INK, wobble=0.1)
    p.fill(p.ellipse(cx, 280, 84, 15), INK)
    p.engrave(p.ellipse(cx, 283, 80, 11), p.y / 5, np.full(p.shape, 0.3), wood)
    tail = [(cx + 104, 294), (cx + 150, 330), (cx + 150, 380), (cx + 190, 396), (cx + 236, 392)]
    for width, colour in ((21, INK), (15, (208, 176, 118))):
        p.fill(p.stroke(tail, width), colour)
    p.engrave(p.stroke(tail, 15), (p.x - 1.1 * p.y) / 12, np.full(p.shape, 0.28), wood, wobble=0.06)
    # The oilskin on its hook.
    ox = 930
    p.fill(p.stroke([(ox, 40), (ox, 70), (ox + 10, 78)], 5), INK)
    coat = [(ox - 30, 92), (ox + 30, 92), (ox + 74, 116), (ox + 118, 300), (ox + 82, 312), (ox + 66, 238), (ox + 84, 430), (ox - 84, 430), (ox - 66, 238), (ox - 82, 312), (ox - 118, 300), (ox - 74, 116)]
    shape = p.polygon(coat)
    p.fill(p.stroke(coat + coat[:1], 7), INK)
    p.fill(shape, (226, 170, 52))
    p.engrave(shape * (p.x > ox), (p.x * 0.5 + p.y) / 10, np.clip((p.x - ox - 10) / 130, 0, 0.6), (150, 98, 34), wobble=0.3, seed=6)
    for fold in (-44, -20, 26, 50):
        p.fill(p.polygon([(ox + fold, 428), (ox + fold * 0.8, 300), (ox + fold + 7, 428)]), (150, 98, 34))
    for way in (-1, 1):
        p.fill(p.stroke([(ox + way * 66, 238), (ox + way * 58, 170)], 3.5), INK)
        p.fill(p.stroke([(ox + way * 22, 320), (ox + way * 56, 316), (ox + way * 57, 350), (ox + way * 22, 354), (ox + way * 22, 320)], 3), INK)
    p.fill(p.stroke([(ox, 104), (ox, 430)], 3.5), INK)
    for by in (146, 196, 246, 296, 382):
        p.fill(p.ellipse(ox + 10, by, 5), INK)
        p.fill(p.ellipse(ox + 9, by - 1, 2), PAPER)
    collar = p.polygon([(ox - 40, 96), (ox - 22, 74), (ox + 22, 74), (ox + 40, 96), (ox + 16, 122), (ox, 106), (ox - 16, 122)])
    p.fill(collar, wood)
    p.engrave(collar, p.x / 5, np.full(p.shape, 0.3), INK, wobble=0.05)
    p.fill(p.box(0, 405, 1120, 480) * p.polygon(coat), wood)
    # The fascia.
    sign = p.box(0, 412, 1120, 480)
    p.fill(sign, RED)
    p.fill(p.box(0, 408, 1120, 413), LAMP)
    words = p.text((560, 458), "HALLORAN & DAUGHTERS", 36, bold=True, serif=True, anchor="ms")
    p.fill(words, ground)
    small = p.text((40, 456), "CHANDLERS", 19, serif=True, anchor="ls"), p.text((1080, 456), "EST. 1888", 19, serif=True, anchor="rs")
    for word in small:
        p.fill(word, LAMP)
    p.press(IMAGES / "halloran.png", keep=(p.y > 412).astype("float32"))


def tide_table():
    p = Print(1200, 675, PAPER, seed=29)
    left, right, zero, per_metre = 78, 1160, 596, 100
    # Turning points: hours after Monday noon, and metres above the chart's zero.
    turns = [(-6.6, 0.70), (-0.4, 3.96), (5.83, 0.52), (12.0, 4.31), (18.25, 0.61), (24.42, 4.05), (30.7, 0.74), (37.0, 3.88)]
    hours = (p.x - left) / (right - left) * 36
    height = np.zeros(p.shape, "float32")
    for (t0, h0), (t1, h1) in zip(turns, turns[1:]):
        part = (hours >= t0) & (hours < t1)
        height = np.where(part, h0 + (h1 - h0) * (1 - np.cos(np.pi * (hours - t0) / (t1 - t0))) / 2, height)
    surface = zero - height * per_metre
    frame = (p.x >= left) & (p.x <= right) & (p.y <= zero)
    known = hours <= 17
    water = (frame & (p.y > surface)).astype("float32")
    depth = p.y - surface
    p.fill(water * known, DEEP)
    p.engrave(water * known, depth / 13, np.clip(0.7 - depth / 260, 0.06, 0.62), MIST, wobble=0.35, seed=1)
    p.fill(water * ~known, PALE)
    p.engrave(water * ~known, depth / 13, np.clip(0.62 - depth / 330, 0.08, 0.6), MIST, wobble=0.35, seed=1)
    p.fill((frame & (np.abs(depth) < 3) & known).astype("float32"), INK)
    p.fill((frame & (np.abs(depth) < 2) & ~known & (hours * 6 % 2 < 1.2)).astype("float32"), DEEP)
    # Above the record.
    record = zero - 4.19 * per_metre
    p.fill((frame & (p.y > surface) & (p.y < record) & known & (hours > 8)).astype("float32"), RED)
    # Axes.
    for metre in range(0, 5):
        y = zero - metre * per_metre
        p.fill(p.box(left, y - 0.7, right, y + 0.7) * (1 - water if metre else 1), MIST if metre else INK)
        p.fill(p.text((left - 14, y + 7), f"{metre} m", 20, anchor="rs"), INK)
    for hour, name in [(0, "Mon noon"), (6, "6pm"), (12, "midnight"), (18, "6am"), (24, "Tue noon"), (30, "6pm"), (36, "midnight")]:
        x = left + hour / 36 * (right - left)
        p.fill(p.box(x - 0.8, zero, x + 0.8, zero + 9), INK)
        p.fill(p.text((x, zero + 33), name, 20, anchor="ls" if hour == 0 else "rs" if hour == 36 else "ms"), INK)
    for x in np.arange(left, right, 17):
        p.fill(p.box(x, record - 1.3, min(x + 10, right), record + 1.3), RED)
    p.fill(p.text((right, record - 12), "Old record, December 2013: 4.19 m", 20, anchor="rs"), RED)
    # The gate, shut.
    shut = [left + t / 36 * (right - left) for t in (9.83, 13.58)]
    p.fill(p.box(shut[0], zero - 26, shut[1], zero - 2), INK)
    p.fill(p.text((sum(shut) / 2, zero - 8), "gate shut", 18, bold=True, anchor="ms"), PAPER)
    shut = [left + t / 36 * (right - left) for t in (22.25, 26.0)]
    p.fill(p.box(shut[0], zero - 26, shut[1], zero - 2), SEA)
    p.fill(p.text((sum(shut) / 2, zero - 8), "gate shut", 18, bold=True, anchor="ms"), PAPER)
    # Words.
    peak = left + 12 / 36 * (right - left)
    p.fill(p.text((left, 58), "The tide the gate turned back", 37, bold=True, serif=True), INK)
    p.fill(p.text((left, 92), "Height of the sea at the Custom House gauge, in metres above the chart's zero", 21), (87, 83, 76))
    p.fill(p.text((peak, zero - 4.31 * per_metre - 14), "4.31 m", 32, bold=True, serif=True, anchor="ms"), RED)
    p.fill(p.text((left + 24.42 / 36 * (right - left) + 62, zero - 3.72 * per_metre), "forecast: 4.05 m", 20, bold=True), NIGHT)
    p.fill(p.text((right, 658), "Source: Vennmouth Harbour Trust. Measured to 5am on Tuesday, forecast after that.", 17, anchor="rs"), (87, 83, 76))
    p.press(IMAGES / "tide-table.png", bite=0.6, salt=0.35, keep=np.clip(1 - water, 0, 1))


PICTURES = {
    "barrier-night": barrier_night,
    "night-tram": night_tram,
    "oyster-reef": oyster_reef,
    "bells": bells,
    "halloran": halloran,
    "tide-table": tide_table,
}

if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        PICTURES[name]()
