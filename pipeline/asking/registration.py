"""The frozen plan as a plain text to paste into a registry: sections that registries ask for, sentences from data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 100
RULES = {
    "single": "One coder's decision counts.",
    "unanimous": "A decision counts where all who read the unit agree.",
    "majority": "A decision counts where more than half of those who read the unit agree.",
    "negotiated": "What coders decide differently is settled in discussion, with a reason.",
    "adjudicated": "What coders decide differently is settled by an adjudicator, with a reason.",
}
UNITS = {"excerpt": "excerpts of answers", "usage": "usages of watched words", "pair": "pairs of usages"}


def registration(frozen: Mapping[str, Any]) -> str:
    """Return the text; everything in it comes from freeze.json."""
    parts = {
        "Title": [frozen["title"]],
        "Description": _about(frozen),
        "Words and senses": _senses(frozen),
        "Sampling plan": _samples(frozen),
        "Coding": _coding(frozen),
        "Measured variables": _measured(frozen),
        "Hypotheses": _hypotheses(frozen),
        "Analysis plan": _analysis(frozen),
        "Provenance": _proof(frozen),
    }
    return "\n\n".join(f"{name.upper()}\n\n{_filled(lines)}" for name, lines in parts.items()) + "\n"


def _filled(lines: list[str]) -> str:
    out = []
    for line in lines:
        indent = "  " if line.startswith("- ") else ""
        out.append(textwrap.fill(" ".join(line.split()), WIDTH, subsequent_indent=indent, break_long_words=False))
    return "\n".join(out)


def _about(frozen: Mapping[str, Any]) -> list[str]:
    invented = ["This study is synthetic: its respondents are invented."] if frozen["synthetic"] else []
    asked = [f"- {text}" for text in frozen["questions"].values()]
    return [*invented, frozen["about"], "", "Open questions, as asked:", *asked]


def _senses(frozen: Mapping[str, Any]) -> list[str]:
    names, senses = frozen["inventory"]["names"], frozen["inventory"]["senses"]
    watched = [
        f"- {term} (forms: {', '.join(forms) or term}): {'; '.join(names[s] for s in _of_term(senses, term))}"
        for term, forms in frozen["watched_terms"].items()
    ]
    lines = ["Watched words, with the senses that coders choose from:", *watched]
    if frozen["reference_terms"]:
        lines += ["", f"Words thought to have one sense, for comparison: {', '.join(frozen['reference_terms'])}."]
    bare = frozen["inventory"]["without_definition"]
    if bare:
        lines += ["", f"Senses with a name but no definition yet: {', '.join(names[sense] for sense in bare)}."]
    return lines


def _of_term(senses: Mapping[str, list[str]], term: str) -> list[str]:
    from pipeline.ids import term_id

    return senses.get(term_id(term), [])


def _samples(frozen: Mapping[str, Any]) -> list[str]:
    return [_sample(name, sample) for name, sample in frozen["samples"].items()]


def _sample(name: str, sample: Mapping[str, Any]) -> str:
    kind, purpose, round_ = name.split(", ")
    low, high = sample["p_include"]
    drawn = "all of them" if low == high == 1 else f"a probability sample, p from {low:g} to {high:g}"
    readers = ", ".join(
        f"{count:,} by {n} {'person' if n == '1' else 'people'}" for n, count in sample["read_by"].items()
    )
    return f"- {sample['n_units']:,} {UNITS[kind]} ({purpose}, {round_}): {drawn}; read: {readers}."


def _coding(frozen: Mapping[str, Any]) -> list[str]:
    coding, overlap = frozen["coding"], frozen["coding"]["overlap"]
    seen = ", ".join(coding["show_to_coders"]).replace("_", " ")
    return [
        f"Coders: {', '.join(coding['coders'])}. Approach: {coding['approach']}. Unit: {coding['unitise']}.",
        f"Overlap: {overlap['share']:.0%} of excerpts are read by {overlap['coders']} people, usages by "
        f"{overlap['usages']}. Coders decide independently, and before any discussion.",
        f"Beside the text coders see: {seen}." if seen else "Coders see nothing of groups, ratings or the machine.",
        f"Record rule: {coding['record']}. {RULES[coding['record']]}",
        f"Codebook: version {frozen['codebook']['version']}, {len(frozen['codebook']['codes'])} codes. "
        f"Sense inventory: version {frozen['inventory']['version']}.",
    ]


def _measured(frozen: Mapping[str, Any]) -> list[str]:
    groups = [f"- Group: {text}" for text in frozen["groups"].values()]
    return [
        "- Per respondent and sense: the share of the respondent's codable usages of the word that carry the sense.",
        "- Per respondent and code: whether any recorded excerpt carries the code.",
        *groups,
    ]


def _hypotheses(frozen: Mapping[str, Any]) -> list[str]:
    plan = frozen["plan"]
    if not plan["comparisons"]:
        return ["None. The study is exploratory, and no p-value will be printed."]
    return [f"- {key}: {_hypothesis(frozen, one)}" for key, one in plan["comparisons"].items()]


def _hypothesis(frozen: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    measured = f"sense “{frozen['inventory']['names'].get(one['sense'], one['sense'])}”" if one["sense"] else (
        f"code “{one['code']}”"
    )  # fmt: skip
    against = ", ".join(one["against"]) or "all other answers"
    said = " ".join(one["hypothesis"].split()).rstrip(".")
    return f"{said}. Measured by the {measured}; “{one['question']}”: {', '.join(one['group'])} against {against}."


def _analysis(frozen: Mapping[str, Any]) -> list[str]:
    resamples = frozen["agreement"]["resamples"]
    return [
        *_planned(frozen["plan"]),
        f"Agreement: Krippendorff's alpha per code, intervals from {resamples:,} resamples of respondents.",
        "Shares are of respondents, with Wilson's 95 % interval. Usages coders could not decide enter no share.",
        "Everything else that is reported was found while looking: it is described, without p-values.",
        "Departures from this plan are listed with their dates.",
    ]


def _planned(plan: Mapping[str, Any]) -> Iterator[str]:
    n = len(plan["comparisons"])
    if not n:
        return
    each = "The comparison" if n == 1 else f"Each of the {n} comparisons"
    yield (
        f"{each} is a two-sided permutation test of the difference of means between the groups: "
        f"group labels move between whole respondents, {plan['permutations']:,} permutations, seed {plan['seed']} (all "
        "arrangements where they are fewer). "
        + (f"p-values are corrected inside this family of {n} by Holm's method, level {plan['level']:g}." if n > 1
           else f"Level {plan['level']:g}.")
    )  # fmt: skip


def _proof(frozen: Mapping[str, Any]) -> list[str]:
    coding, senses = frozen["coding"], frozen["senses"]
    return [
        f"Frozen on {frozen['frozen_on']}. SHA-256 of this plan: {frozen['sha256']}.",
        f"SHA-256 of the codebook: {frozen['codebook']['sha256']}.",
        f"SHA-256 of the sense inventory: {frozen['inventory']['sha256']}.",
        f"Encoder: {frozen['encoder']['name']}, SHA-256 of its weights {frozen['encoder']['sha256']}.",
        f"Seeds: coding {coding['seed']}, agreement {frozen['agreement']['seed']}, senses {senses['seed']}, "
        f"comparisons {frozen['plan']['seed']}, follow-up {frozen['asking']['seed']}.",
    ]
