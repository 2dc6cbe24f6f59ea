"""Marks of identity in free text: addresses, numbers of phones and accounts, handles, and names the team lists.

What is written so that machines do not find it ("jane (at) example dot org") is found too. What only looks alike stays:
decorators and annotations of code, file names, version numbers, dates.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

Span = tuple[str, int, int]  # kind, start, end

AT = r"(?:\s*[\[({<]\s*(?:at|ät|arroba|chez)\s*[\])}>]\s*|\s*[@＠﹫]\s*)"  # full-width, as typed in Asia
DOT = r"(?:\s*[\[({<]\s*(?:dot|punkt|point|punto|ponto)\s*[\])}>]\s*|\s+(?:dot|punkt)\s+|\.)"
BARE_AT = r"\s+(?:at|ät)\s+"
LOCAL = r"(?:\"[^\"\s@][^\"\n@]{0,60}\"|(?<![\w.+%-])[\w.+'%-]*[\w+-])"
HOST = r"[\w-]+"
# Without a scheme: what ends as only hosts do, and any host that is followed by a path. File names (a.py/b) have none
# of these ends; "it.is" after a full stop without a blank is no address.
ENDS = r"com|org|net|edu|gov|info|io|dev|app|eu|uk|de|ch|fr|nl|se|dk|fi|pl|cz|jp|br|au|nz|ca|ru|cn|kr"
PATHED = rf"{ENDS}|at|be|es|it|pt|no|ie|us|in|me|ly|ai|co|academy|online|site|page|science|social|link|xyz|tv"
EMAIL = re.compile(
    rf"{LOCAL}(?:[@＠﹫]{HOST}(?:\.{HOST})+|{AT}{HOST}(?:{DOT}{HOST})+|"
    rf"{BARE_AT}{HOST}(?:{DOT}{HOST})*\s+(?:dot|punkt)\s+(?:{PATHED})\b)",
    re.IGNORECASE,
)
VEILED = r"(?i:[\[({<]\s*(?:at|ät|arroba|chez)\s*[\])}>]|\s(?:dot|punkt)\s)"  # in every address that is written out
URL = re.compile(r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>\"'”)]+", re.IGNORECASE)
HOSTED = re.compile(
    rf"(?<![\w.@/-])(?:[a-z0-9][\w-]*\.)+(?:(?:{PATHED})/[^\s<>\"'”)]*|(?:{ENDS})(?![\w-]|\.\w))", re.IGNORECASE
)
SIGN, WRITTEN_OUT = re.compile("[@＠﹫]"), re.compile(VEILED)  # no address without the one or the other
DOTTED = rf"\.(?i:{PATHED})\b"
HANDLE = re.compile(r"(?<![\w@.])[@＠](?!\d+\b)\w{2,30}(?:@[\w-]+(?:\.[\w-]+)+)?\b(?![(\w]|\.\w)")
AFTER_AT = (  # what stands behind an @ in programs and style sheets
    "property staticmethod classmethod dataclass dataclasses decorator decorators contextmanager cache "
    "cached_property lru_cache abstractmethod overload override deprecated wraps njit jit numba pytest fixture "
    "interact param params return returns throws author see todo test before after autowired bean component service "
    "entity inject injectable input output suppresswarnings media import keyframes supports charset angular types "
    "babel ngmodule time timeit inline inbounds threads show assert"
)
CODE = frozenset(AFTER_AT.split())
IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
VERSION = re.compile(r"(?:\bv|\b(?:version|release|build)[\s:=]*)$", re.IGNORECASE)
IP6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:%\w+)?(?![\w:])")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
MAYBE_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}[ -]?\d{2}(?:[ .-]{0,2}[A-Za-z0-9]){11,30}")
CARD = re.compile(r"(?<!\d[.,])\b(?:\d[ -]?){13,19}\b")
ORCID = re.compile(r"\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b")
DIGIT = re.compile(r"\d")
# Decimals, scales and years are no phone numbers.
NO_PHONE = re.compile(r"\d+[.,]\d+|\d(?:[ .,;-]+\d\b){4,}.*|(?:19|20)\d\d(?:\W+(?:19|20)\d\d)+")
REGIONS = {  # where numbers without a country's code are from, by the study's language
    "en": ("US", "GB"), "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "es": ("ES", "MX"), "it": ("IT",),
    "pt": ("PT", "BR"), "nl": ("NL", "BE"), "sv": ("SE",), "da": ("DK",), "nb": ("NO",), "fi": ("FI",), "pl": ("PL",),
    "cs": ("CZ",), "tr": ("TR",), "ro": ("RO",), "hu": ("HU",), "ja": ("JP",), "ko": ("KR",), "zh": ("CN",),
    "ru": ("RU",), "el": ("GR",), "he": ("IL",),
}  # fmt: skip
SUSPECT = rf"[@＠﹫/\p{{Nd}}]|(?i:www\.)|{VEILED}|\w{DOTTED}"  # as `may_identify`, for RE2
UNSURE = re.compile(rf"[@＠﹫/\d]|(?i:www\.)|{VEILED}|\w{DOTTED}")


def spans(text: str, regions: tuple[str, ...] = ()) -> Iterator[Span]:
    """Yield every mark of identity but names, in no order; they may overlap.

    regions: countries (ISO 3166) whose phone numbers are also found without the country's code.
    """
    signed = SIGN.search(text) is not None  # most texts have none, and to say so is quick
    if signed or WRITTEN_OUT.search(text):
        yield from (("email", *match.span()) for match in EMAIL.finditer(text))
    for pattern in (URL, HOSTED):
        for match in pattern.finditer(text):
            yield "url", match.start(), match.start() + len(match.group().rstrip(".,;:!?"))
    for match in HANDLE.finditer(text) if signed else ():
        if match.group()[1:].lower() not in CODE:
            yield "handle", *match.span()
    if not DIGIT.search(text):
        return
    yield from _addresses(text)
    accounts = list(_accounts(text))
    yield from accounts
    yield from (("id", *match.span()) for match in ORCID.finditer(text) if _orcid(match.group()))
    for _, start, end in accounts:  # what is left beside one may be a phone number, which its digits would hide
        text = f"{text[:start]}{']' * (end - start)}{text[end:]}"
    if re.search(r"\d{3}|\d[ -.]\d{2}", text):
        yield from _phones(text, regions)


def _accounts(text: str) -> Iterator[Span]:
    """Yield numbers of bank accounts and cards."""
    yield from (("account", *match.span()) for match in IBAN.finditer(text))
    for match in MAYBE_IBAN.finditer(text):
        length = _account(match.group())
        if length:
            yield "account", match.start(), match.start() + length
    yield from (("account", *match.span()) for match in CARD.finditer(text) if _luhn(match.group()))


def _addresses(text: str) -> Iterator[Span]:
    for match in IP.finditer(text):
        if not VERSION.search(text[max(0, match.start() - 20) : match.start()]):
            yield "ip", *match.span()
    for match in IP6.finditer(text):
        said = match.group().partition("%")[0]
        groups = [group for group in said.split(":") if group]
        if len(groups) >= 3 and DIGIT.search(said) and _is_ip6(said):
            yield "ip", *match.span()


def _is_ip6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _account(text: str) -> int:
    """Return how many characters of a text are an IBAN, blanks and dashes among them: those whose check fits; else 0.

    Method: ISO 7064 MOD 97-10, as in ISO 13616. One in 97 other texts of that form fits by chance.
    """
    plain = ""
    found = 0
    for place, char in enumerate(text):
        if not char.isalnum():
            continue
        plain += char.upper()
        whole = place + 1 == len(text) or not text[place + 1].isalnum()
        if whole and len(plain) >= 15 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1:
            found = place + 1
    return found


def _luhn(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()][::-1]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return len(digits) >= 13 and total % 10 == 0


def _orcid(text: str) -> bool:
    """Say whether the check fits (ISO 7064 MOD 11-2)."""
    total = 0
    for char in text[:-1].replace("-", ""):
        total = (total + int(char)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == text[-1]


def _phones(text: str, regions: tuple[str, ...]) -> Iterator[Span]:
    """Yield phone numbers: in international form, with + or 00, and as a region writes them at home."""
    import phonenumbers
    from phonenumbers import Leniency

    plus = re.sub(r"(?<![\w+.,])00(?=[1-9])", " +", text)  # as long as before
    if re.search("[+＋]", plus):  # without a region, what does not begin with one is no number
        for match in phonenumbers.PhoneNumberMatcher(plus, None, leniency=Leniency.POSSIBLE):
            yield "phone", match.start - (text[match.start] != plus[match.start]), match.end
    if len(DIGIT.findall(text)) >= 7:
        for region in regions:
            for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
                if not NO_PHONE.fullmatch(match.raw_string):
                    yield "phone", match.start, match.end


INFLECTING = {"pl", "cs", "sk", "sl", "hr", "sr", "ru", "uk", "bg", "fi", "et", "hu", "lt", "lv", "tr", "el"}
VOWELS = "aeiouyаеиоуя"  # Cyrillic too
WRITTEN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"}


def name_spans(text: str, names: tuple[str, ...], language: str = "en") -> Iterator[Span]:
    """Yield where one of the names stands as a whole word, in any case.

    Also without its accents, its parts joined by a hyphen, a line break or nothing, turned about ("Doe, Jane"), and
    with a capital also inflected ("Annas"; in languages that inflect names with up to four other letters at the end).
    """
    plain, inflected = _any_of(names, language.partition("-")[0].lower())
    if plain and inflected:
        yield from (("name", *match.span()) for match in plain.finditer(text))
        yield from (("name", *m.span()) for m in inflected.finditer(text) if not m.group()[0].islower())


@lru_cache(maxsize=8)
def _any_of(names: tuple[str, ...], language: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """Return patterns for any of the names as they are, and inflected; the longest first."""
    listed = sorted({" ".join(name.split()) for name in names} - {""}, key=lambda name: (-len(name), name))
    parted = [name.split(" ") for name in listed]
    turned = [rf"{_letters(parts[-1])},\s*{_joined(parts[:-1])}" for parts in parted if len(parts) > 1]
    ends = [_joined([*parts[:-1], _stem(parts[-1], language)]) + _ending(parts[-1], language) for parts in parted]
    return _whole([*turned, *map(_joined, parted)]), _whole(ends)


def _whole(forms: list[str]) -> re.Pattern[str] | None:
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])", re.IGNORECASE) if forms else None


def _stem(last: str, language: str) -> str:
    """Return what of a name stays before an ending: in languages that inflect names not the vowel that it ends in."""
    return last[:-1] if language in INFLECTING and len(last) >= 4 and last[-1].lower() in VOWELS else last


def _ending(last: str, language: str) -> str:
    """Return the endings a name may take, genitives everywhere; none where it is too short to be told by the rest."""
    if len(last) < 3 or not last[-1].isalpha():
        return ""
    return r"[^\W\d_]{0,4}" if language in INFLECTING and len(last) >= 4 else "(?:n?s|ens)?"


def _joined(parts: list[str]) -> str:
    return r"[\s._-]*".join(map(_letters, parts))


def _letters(part: str) -> str:
    """Return a pattern for a name's letters: with accents, decomposed, and without."""
    found = []
    for char in unicodedata.normalize("NFC", part):
        base = unicodedata.normalize("NFD", char)
        forms = [re.escape(char)]
        if len(base) > 1:
            forms.append(re.escape(base[0]) + "".join(f"{re.escape(mark)}?" for mark in base[1:]))
        if char.lower() in WRITTEN:
            forms.append(WRITTEN[char.lower()])
        found.append(f"(?:{'|'.join(forms)})" if len(forms) > 1 else "['’ʼ]" if char in "'’" else forms[0])
    return "".join(found)
