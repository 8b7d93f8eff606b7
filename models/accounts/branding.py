"""A practice's colours, made from the one colour it chose, or two: the accent, and the ground beside it.

Pure: nothing is read and nothing is written. The work is done in OKLCH, where hue stays what people call the colour
while lightness moves. Contrast is WCAG 2's ratio; each target stands a little above what AA asks (4.5), so that
rounding to eight bits never takes a pair below it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from typing import NamedTuple

WHITE = "#ffffff"
MOST_CHROMA = 0.15
ON_ACCENT = 4.9
INK_ON_PAPER = 5.6
HOVER_SEEN = 1.2
MOST_GROUND_CHROMA = 0.06
ROLES = ("accent", "accent-hover", "accent-on", "accent-ink", "accent-tint", "accent-mid", "accent-line", "ground")

# What stands on the ground besides accent-ink: ink and ink-quiet of static/css/tokens.css, with what they need there.
ON_GROUND = (("#132025", "#e7eced", 7.0), ("#49565b", "#afb8b9", 4.9))


class Pair(NamedTuple):
    """One role's colour in the light and in the dark scheme, as #rrggbb."""

    light: str
    dark: str


class Oklch(NamedTuple):
    """Lightness 0 to 1, chroma from 0, hue in radians."""

    lightness: float
    chroma: float
    hue: float


@dataclass(frozen=True)
class Brand:
    """What became of the chosen colours.

    `pairs` holds every name in ROLES; `css` is the whole text of brand.css. `moved` names what was changed on the way,
    "lighter", "darker" or "calmer"; it is empty when buttons carry the colour exactly as it was chosen.
    `ground_moved` says the same of the second colour; "" was chosen where there is none.
    """

    chosen: str
    pairs: dict[str, Pair]
    moved: tuple[str, ...]
    chosen_ground: str = ""
    ground_moved: tuple[str, ...] = ()

    @property
    def css(self) -> str:
        lines = (f"  --{role}: light-dark({pair.light}, {pair.dark});" for role, pair in self.pairs.items())
        return "\n".join(["@layer tokens {", ":root {", *lines, "}", "}", ""])


def brand(chosen: str, ground: str = "") -> Brand:
    """The eight pairs for colours written as #rrggbb or #rgb; raises ValueError for anything else.

    Without a second colour the ground is the tint of the first.
    """
    hexed = _six_digits(chosen)
    picked = to_oklch(hexed)
    calm = picked._replace(chroma=min(picked.chroma, MOST_CHROMA))
    accent = _accent(hexed, picked, calm)
    pairs = dict(zip(ROLES[:-1], _pairs(accent, calm), strict=True))
    moved = tuple(_moves(picked, to_oklch(accent)))
    if not ground:
        return Brand(hexed, {**pairs, "ground": pairs["accent-tint"]}, moved)
    hexed_ground = _six_digits(ground)
    under = _ground(hexed_ground, pairs["accent-ink"])
    grounds_moves = tuple(_moves(to_oklch(hexed_ground), to_oklch(under.light)))
    return Brand(hexed, {**pairs, "ground": under}, moved, hexed_ground, grounds_moves)


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two #rrggbb colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def to_oklch(colour: str) -> Oklch:
    """OKLCH of a #rrggbb colour (Björn Ottosson's OKLab, 2020)."""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Oklch(lightness, hypot(a, b), atan2(b, a))


def to_hex(colour: Oklch) -> str:
    """The nearest #rrggbb on a screen: chroma gives way until the colour can be shown, lightness and hue stay."""
    if _shown(colour):
        return _hexed(_to_linear(colour))
    grey, vivid = 0.0, colour.chroma
    for _ in range(24):
        half = (grey + vivid) / 2
        grey, vivid = (half, vivid) if _shown(colour._replace(chroma=half)) else (grey, half)
    return _hexed(_to_linear(colour._replace(chroma=grey)))


def _accent(hexed: str, picked: Oklch, calm: Oklch) -> str:
    as_chosen = hexed if calm == picked else to_hex(calm)
    if contrast(WHITE, as_chosen) >= ON_ACCENT:
        return as_chosen
    start = calm._replace(lightness=min(calm.lightness, 0.62))
    return to_hex(_darkened(start, lambda shade: contrast(WHITE, shade) >= ON_ACCENT))


def _pairs(accent: str, calm: Oklch) -> list[Pair]:
    """In the order of ROLES. k fades every tone of a greyish colour, so that grey stays grey."""
    k = min(1.0, calm.chroma / 0.08)

    def tone(lightness: float, chroma: float) -> str:
        return to_hex(Oklch(lightness, chroma * k, calm.hue))

    button = to_oklch(accent)
    return [
        Pair(accent, tone(0.745, 0.085)),
        Pair(_hover(accent, button), tone(0.80, 0.080)),
        Pair(WHITE, tone(0.19, 0.03)),
        Pair(_ink(calm, tone(0.958, 0.024)), tone(0.835, 0.085)),
        Pair(tone(0.962, 0.012), tone(0.285, 0.026)),
        Pair(tone(0.922, 0.026), tone(0.338, 0.038)),
        Pair(tone(0.81, 0.07), tone(0.46, 0.065)),
    ]


def _hover(accent: str, button: Oklch) -> str:
    """A little darker; near black, where nobody would see that, lighter."""
    darker = to_hex(button._replace(lightness=max(0.0, button.lightness - 0.05)))
    if contrast(darker, accent) >= HOVER_SEEN:
        return darker
    lighter = button
    while contrast(to_hex(lighter), accent) < HOVER_SEEN + 0.15:
        lighter = lighter._replace(lightness=lighter.lightness + 0.005)
    return to_hex(lighter)


def _ink(calm: Oklch, ground: str) -> str:
    start = calm._replace(lightness=min(calm.lightness, 0.46), chroma=min(calm.chroma, 0.11))
    return to_hex(_darkened(start, lambda shade: contrast(shade, ground) >= INK_ON_PAPER))


def _darkened(colour: Oklch, enough: Callable[[str], bool]) -> Oklch:
    while not enough(to_hex(colour)) and colour.lightness > 0:
        colour = colour._replace(lightness=max(0.0, colour.lightness - 0.005))
    return colour


def _ground(hexed: str, ink: Pair) -> Pair:
    """What lies under a page's side and a mail's head, where text is read: what cannot carry it becomes a tint."""
    picked = to_oklch(hexed)
    calm = picked._replace(chroma=min(picked.chroma, MOST_GROUND_CHROMA))
    needs = [(light, ratio) for light, _, ratio in ON_GROUND] + [(ink.light, ON_ACCENT)]

    def readable(shade: str) -> bool:
        return all(contrast(text, shade) >= ratio for text, ratio in needs)

    shade = calm if readable(to_hex(calm)) else Oklch(0.95, min(calm.chroma, 0.035), calm.hue)
    while not readable(to_hex(shade)) and shade.lightness < 1:
        shade = shade._replace(lightness=min(1.0, shade.lightness + 0.005))
    light = hexed if shade == picked else to_hex(shade)
    return Pair(light, to_hex(Oklch(0.285, min(calm.chroma, 0.04), calm.hue)))


def _moves(picked: Oklch, became: Oklch) -> list[str]:
    """Steps too small to see are no move."""
    moves = []
    if abs(became.lightness - picked.lightness) > 0.01:
        moves.append("darker" if became.lightness < picked.lightness else "lighter")
    if picked.chroma - became.chroma > 0.01:
        moves.append("calmer")
    return moves


def _six_digits(colour: str) -> str:
    if not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", colour):
        raise ValueError(f"{colour!r} is not a colour like #1b5470")
    digits = colour[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _linear(colour: str) -> list[float]:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_linear(colour: Oklch) -> list[float]:
    a, b = colour.chroma * cos(colour.hue), colour.chroma * sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return [
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    ]


def _shown(colour: Oklch) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in _to_linear(colour))


def _hexed(linear: list[float]) -> str:
    clipped = [min(1.0, max(0.0, value)) for value in linear]
    gamma = [value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055 for value in clipped]
    return "#" + "".join(f"{round(value * 255):02x}" for value in gamma)
