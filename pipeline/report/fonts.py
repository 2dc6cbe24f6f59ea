"""Fonts inside SVG figures: text stays text, and looks the same where the font is not installed."""

from __future__ import annotations

import base64
import io
import re
import string
from functools import lru_cache
from html import unescape

STYLE = re.compile(r"""style="([^"]*font-family: '([^']+)'[^"]*)\"""")
SLANTED = re.compile(r"font-style: (?:italic|oblique)")
HEAVY = re.compile(r"font-weight: (bold|[1-9]00)")
COMMON = frozenset(string.printable.strip() + " –—…“”‘’·×−≥≤")  # always there, so that most figures share one subset
TEXT = re.compile(r"<text\b[^>]*>(.*?)</text>", re.S)


def with_fonts(svg: bytes) -> bytes:
    """Return an SVG with the letters it uses of each font embedded (WOFF, as data); other glyphs are left out."""
    drawn = svg.decode("utf-8")
    letters = COMMON.union("".join(unescape(re.sub(r"<[^>]*>", "", text)) for text in TEXT.findall(drawn)))
    faces = {
        (family, bool(SLANTED.search(style)), (HEAVY.findall(style) or ["normal"])[0])
        for style, family in STYLE.findall(drawn)
    }
    rules = "\n".join(_face(*face, "".join(sorted(letters))) for face in sorted(faces))
    if not rules:
        return svg
    return re.sub(r"<defs>", f"<defs>\n  <style>{rules}</style>", drawn, count=1).encode("utf-8")


@lru_cache(maxsize=64)
def _face(family: str, slanted: bool, weight: str, letters: str) -> str:
    from matplotlib.font_manager import FontProperties, findfont

    look = FontProperties(
        family=family, style="oblique" if slanted else "normal", weight=int(weight) if weight.isdigit() else weight
    )
    found = base64.b64encode(_subset(findfont(look), letters)).decode("ascii")
    return (
        f"@font-face {{ font-family: '{family}'; font-style: {'italic' if slanted else 'normal'}; "
        f"font-weight: {weight}; src: url(data:font/woff;base64,{found}) format('woff'); }}"
    )


def _subset(path: str, letters: str) -> bytes:
    from fontTools import subset

    options = subset.Options(flavor="woff", layout_features=[], hinting=False, recalc_timestamp=False)
    options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "MATH"]  # a time stamp; layout that labels do not need
    font = subset.load_font(path, options)
    chooser = subset.Subsetter(options)
    chooser.populate(text=letters)
    chooser.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    return buffer.getvalue()
