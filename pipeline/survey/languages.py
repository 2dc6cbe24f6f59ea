"""In which language an answer is written, where the export does not say.

Method: by script where most letters are not Latin; else by function words. The share of an answer's words that are
among a language's stop words (spaCy's lists) is compared with the share for the study's language. Another language is
stated only where the answer has at least `FEWEST` words, the other share reaches `SHARE`, and it is more than twice the
study language's share; else the study's language stands. Short answers are therefore never moved (cf. the word-list
method in Grefenstette 1995, Comparing two language identification schemes, JADT).
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.language import stop_words
from pipeline.settings import Survey

FEWEST = 5  # words
SHARE = 0.3  # of the words must be function words of the other language
CANDIDATES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "tr", "ro", "hu")
SCRIPTS = {
    "CYRILLIC": "ru", "GREEK": "el", "HEBREW": "he", "ARABIC": "ar", "DEVANAGARI": "hi", "THAI": "th",
    "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


class Detector:
    """Finds the language of answers of one study."""

    def __init__(self, survey: Survey) -> None:
        self._own = survey.language.lower()
        self._on = survey.detect_language
        self._known = stop_words(self._own).__contains__

    def language(self, text: str) -> str:
        """Return the language's two-letter code (ISO 639-1); the study's own where nothing speaks for another."""
        if not self._on:
            return self._own
        if not text.isascii():
            script = _by_script(text)
            if script:
                return script
        words = _words(text)
        if len(words) < FEWEST:
            return self._own
        own = sum(map(self._known, words)) / len(words)
        if own >= 0.5 or (own >= SHARE and text.isascii()):
            return self._own
        shares = [(_share(words, code), code) for code in CANDIDATES if code != self._own]
        best, code = max(shares, key=lambda pair: (pair[0], pair[1]))
        return code if best >= SHARE and best > 2 * own else self._own


def _words(text: str) -> list[str]:
    if text.isascii():
        lower = text.lower()
        return lower.split() if lower.replace(" ", "").isalpha() else WORD.findall(lower)
    return [word.lower() for word in WORD.findall(text)]


def _share(words: list[str], code: str) -> float:
    return sum(map(stop_words(code).__contains__, words)) / len(words)


def _by_script(text: str) -> str | None:
    """Return the language of the script most letters are in; None for Latin and for scripts not known here."""
    letters = [char for char in text if char.isalpha()]
    foreign = [char for char in letters if ord(char) > 0x36F]
    if len(foreign) * 2 <= len(letters):
        return None
    names = [unicodedata.name(char, "").split(" ")[0] for char in foreign]
    if any(name in ("HIRAGANA", "KATAKANA") for name in names):
        return "ja"  # Japanese is mostly written in Chinese characters
    common = max(sorted(set(names)), key=names.count)
    return SCRIPTS.get(common)
