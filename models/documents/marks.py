"""The mark that somebody makes: a drawn line as SVG path data, or a typed name; and whether a name is the person's."""

from __future__ import annotations

import re
import unicodedata

from models.clients.fields import TURNING
from models.core.errors import Invalid

# The drawing's own field, whatever the pad measured on the screen.
WIDE, HIGH = 600, 200
# Only lines: moves and lines in plain numbers, so that nothing else can hide in what pages and PDFs draw.
POINT = r"-?\d{1,4}(?:\.\d)?,-?\d{1,4}(?:\.\d)?"
PATH = re.compile(rf"(?:M{POINT}(?:L{POINT})*)+")
NUMBERS = re.compile(r"-?\d+(?:\.\d)?")
LEAST_DRAWN = 30
LONG = 120


def drawn_mark(path: str) -> str:
    """The path as it is kept; raises Invalid `sign_mark` for none, for a dot, and for what is no drawing of the pad."""
    path = path.strip()
    if not path:
        raise Invalid(errors={"sign_mark": ["Draw your signature in the field."]})
    if not PATH.fullmatch(path):
        raise Invalid(errors={"sign_mark": ["This drawing could not be read. Clear the field and draw again."]})
    numbers = [float(one) for one in NUMBERS.findall(path)]
    across, down = numbers[0::2], numbers[1::2]
    if not all(-WIDE <= one <= 2 * WIDE for one in numbers):
        raise Invalid(errors={"sign_mark": ["This drawing is larger than the field. Clear it and draw again."]})
    if max(across) - min(across) + max(down) - min(down) < LEAST_DRAWN:
        raise Invalid(errors={"sign_mark": ["A dot is no signature. Draw your name, or type it."]})
    return path


def typed_mark(name: str) -> str:
    """The name as a mark, without what turns the direction of its letters: nobody would read there what stands there.
    Raises Invalid `sign_name` for none."""
    name = " ".join(TURNING.sub("", name).split())
    if not any(letter.isalpha() for letter in name):
        raise Invalid(errors={"sign_name": ["Type your full name."]})
    return name


def is_name_of(typed: str, names: list[str]) -> bool:
    """Whether a typed name is one of the record's, or at least its first and last name, with whatever between them:
    letters alone are compared, without their accents."""
    said = _parts(typed)
    for name in names:
        known = _parts(name)
        if said == known or (len(said) > 1 and len(known) > 1 and (said[0], said[-1]) == (known[0], known[-1])):
            return True
    return False


def initials_of(name: str) -> str:
    """"K. M.": what a stranger may read of a signer."""
    return " ".join(f"{part[0].upper()}." for part in name.split() if part[0].isalpha())


def _parts(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(one if one.isalpha() or one.isspace() else " " for one in plain if not unicodedata.combining(one))
    return kept.split()
