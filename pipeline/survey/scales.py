"""Rating scales whose levels are words: which of the usual ones a question's answers come from, lowest level first.

The wordings are those that survey tools offer as their own (Qualtrics' and LimeSurvey's libraries) and the usual forms
of Likert items (Vagias 2006, Likert-type scale response anchors, Clemson University). Frequencies ("often") are left
out: they are as often a closed question to group by.
"""

from __future__ import annotations

from collections.abc import Sequence

FEWEST = 3  # levels that must be met before a scale is believed
NO_LEVEL = {
    "don't know", "i don't know", "don’t know", "not applicable", "n/a", "prefer not to say", "no answer", "weiß nicht",
    "keine angabe", "k. a.", "ne sais pas",
}  # fmt: skip
MIDDLES = ("neither agree nor disagree", "neutral", "undecided", "neither", "neither disagree nor agree")


def _both_ends(strength: Sequence[str], low: str, high: str, middle: str = "") -> tuple[str, ...]:
    """Return a scale of two ends: the strengths from weak to strong on either side ("" for the bare word)."""
    words = [f"{strong} {{}}".strip() for strong in strength]
    down = [word.format(low).strip() for word in reversed(words)]
    up = [word.format(high).strip() for word in words]
    return (*down, *([middle] if middle else []), *up)


def _scales() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for middle in (*MIDDLES, ""):
        for strength in (("somewhat", "strongly"), ("", "strongly"), ("somewhat", "", "strongly"),
                         ("slightly", "", "strongly"), ("", "completely"), ("somewhat", "", "completely")):  # fmt: skip
            found.append(_both_ends(strength, "disagree", "agree", middle))
    for low, high in (("dissatisfied", "satisfied"), ("unlikely", "likely")):
        for middle in (f"neither {high} nor {low}", f"neither {low} nor {high}", "neutral", ""):
            for strength in (("somewhat", "extremely"), ("somewhat", "very"), ("", "very"), ("", "extremely"),
                             ("somewhat", "", "extremely"), ("somewhat", "", "very")):  # fmt: skip
                found.append(_both_ends(strength, low, high, middle))
    for word in ("", " important", " useful", " familiar", " confident", " clear", " interested"):
        found += [
            tuple(f"{much}{word}" for much in ("not at all", "slightly", "moderately", "very", "extremely")),
            tuple(f"{much}{word}" for much in ("not at all", "slightly", "somewhat", "very", "extremely")),
        ]
    found += [
        ("stimme überhaupt nicht zu", "stimme eher nicht zu", "teils/teils", "stimme eher zu",
         "stimme voll und ganz zu"),
        ("stimme überhaupt nicht zu", "stimme nicht zu", "weder noch", "stimme zu", "stimme voll und ganz zu"),
        ("stimme gar nicht zu", "stimme eher nicht zu", "weder noch", "stimme eher zu", "stimme voll zu"),
        ("trifft gar nicht zu", "trifft eher nicht zu", "teils/teils", "trifft eher zu", "trifft voll zu"),
        ("trifft überhaupt nicht zu", "trifft eher nicht zu", "teils/teils", "trifft eher zu",
         "trifft voll und ganz zu"),
        ("pas du tout d'accord", "plutôt pas d'accord", "ni d'accord ni pas d'accord", "plutôt d'accord",
         "tout à fait d'accord"),
        ("totalmente en desacuerdo", "en desacuerdo", "ni de acuerdo ni en desacuerdo", "de acuerdo",
         "totalmente de acuerdo"),
    ]  # fmt: skip
    return sorted(set(found), key=lambda scale: (len(scale), scale))


SCALES = _scales()


def levels_of(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the levels of the shortest known scale that holds every filled cell, lowest first; () where none does.

    Levels are spelt as the cells spell them; one that nobody chose, with a capital.
    """
    spelt: dict[str, str] = {}
    for cell in cells:
        said = " ".join(cell.split())
        if said and said.lower() not in NO_LEVEL:
            spelt.setdefault(said.lower(), said)
    if len(spelt) < FEWEST:
        return ()
    scale = next((scale for scale in SCALES if spelt.keys() <= set(scale)), ())
    return tuple(spelt.get(level, level.capitalize()) for level in scale)
