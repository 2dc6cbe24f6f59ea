"""The methods section as sentences, each switched by data: what the tables and the plan do not hold is not said.

The paragraphs follow what reporting guidelines ask for (COREQ, SRQR): respondents, answers, sampling and units,
codebook, coders and their training, what was on screen, agreement, what counts, plan and departures, authors, machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline import __version__
from pipeline.asking.authors import response
from pipeline.coding.splitting import read_and_split
from pipeline.encoder.languages import readable
from pipeline.report.approach import MANNERS
from pipeline.report.given import Given
from pipeline.report.promised import timing
from pipeline.report.sentence import methods_sentence
from pipeline.report.words import Markdown, inert
from pipeline.survey.excerpts import split_share
from pipeline.wording import listed, of, percent, plural

UNITS = {
    "response": "the whole answer to a question",
    "sentence": "the sentence",
    "manual": "spans set by the team before coding",
    "coder": "spans that coders marked themselves",
}
RULES = {
    "single": "one coder’s decision",
    "unanimous": "a decision on which all who read the unit agree",
    "majority": "a decision on which more than half of those who read the unit agree",
    "negotiated": "what coders settled in discussion where they had differed",
    "adjudicated": "what an adjudicator decided where coders differed",
}
SHOWN = {
    "ratings": "the respondent’s ratings",
    "group": "the respondent’s group",
    "machine": "codes proposed by the machine",
    "other_answers": "the respondent’s other answers",
}
ROUNDS = {"develop": "to develop the codebook", "pilot": "as a pilot", "calibrate": "to train coders"}


# Where the report shows what a paragraph counts; in the text for a paper, which has no such place, no link is left.
PLACES = {
    "Respondents": "respondents", "Answers": "tab-texts", "Sampling and units": "tab-states", "Codebook": "codebook",
    "Coders": "agreement", "What coders saw": "tab-states", "Agreement": "agreement", "What counts": "undecided",
    "Plan": "planned", "Authors": "authors", "Senses": "terms", "Machine": "topics", "Provenance": "provenance",
}  # fmt: skip


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the methods: its heading and its sentences."""

    title: str
    text: Markdown

    @property
    def anchor(self) -> Markdown:
        """Where the report shows what it counts."""
        return Markdown(PLACES[self.title])


def section(given: Given) -> dict[str, Any]:
    """Return the template's name for the paragraphs; those without a sentence are left out."""
    parts = {
        "Respondents": _respondents(given),
        "Answers": _answers(given),
        "Sampling and units": _units(given),
        "Codebook": _codebook(given),
        "Coders": _coders(given),
        "What coders saw": _screen(given),
        "Agreement": _agreement(given),
        "What counts": _record(given),
        "Plan": _plan(given),
        "Authors": _authors(given),
        "Senses": _senses(given),
        "Machine": _machine(given),
        "Provenance": _provenance(given),
    }
    joined = {title: " ".join(sentences) for title, sentences in parts.items()}
    return {
        "methods_parts": [Paragraph(title, Markdown(text)) for title, text in joined.items() if text],
        "provenance": Markdown(" ".join(_provenance(given))),
    }


def _respondents(given: Given) -> Iterator[str]:
    flow = given["flow"].sort_values("step")
    if given.study.synthetic:
        yield "The respondents are invented; nothing in this section describes people."
    if len(flow):
        lost = [f"{int(r.n_dropped)} for “{inert(r.reason)}”" for r in flow.itertuples() if r.n_dropped]
        said = f"The export held {plural(int(flow.n_rows.iloc[0]), 'row')}"
        yield f"{said}, of which {listed(lost)} were left out." if lost else f"{said}, all of which count."
    yield f"{plural(given.n_respondents, 'respondent')} {'counts' if given.n_respondents == 1 else 'count'}."
    waves = given["respondents"].wave.nunique()
    if waves > 1:
        yield f"They answered in {waves} waves."
    groups = [f"“{inert(given.study.question_text(group))}”" for group in given.study.survey.report.groups]
    if groups:
        yield f"Groups are formed by the answers to {listed(groups)}."
    yield from _ethics(given)


def _ethics(given: Given) -> Iterator[str]:
    privacy = given.study.survey.privacy
    if privacy.ethics_approval:
        yield f"Ethics approval: {inert(privacy.ethics_approval)}."
    if privacy.consent_version:
        yield f"Respondents consented to version {inert(privacy.consent_version)} of the information they were given."
    if privacy.retain_until:
        yield f"The answers are kept until {inert(privacy.retain_until)}."
    if privacy.packets_to:
        yield f"Answers were handed, as packets, to {listed([inert(who) for who in privacy.packets_to])} alone."
    if given.study.survey.report.quotes == "consented":
        yield "Only respondents who agreed to be quoted are quoted."


def _answers(given: Given) -> Iterator[str]:
    questions = given["responses"].question_id.nunique()
    yield (
        f"They gave {plural(len(given['responses']), 'answer')} to {plural(questions, 'open question')} in their own "
        "words."
    )
    if given.study.survey.privacy.scrub:
        yield "E-mail addresses, phone numbers and other identifying strings were removed; nothing else was changed."
    survey = given.study.survey
    away = int((~readable(given["responses"].language, survey.encoder, survey.language)).sum())
    if away:
        yield (
            f"{plural(away, 'answer')} in a language that the encoder does not read "
            f"{'was' if away == 1 else 'were'} left to people: no vectors were made of them."
        )
    translations = given["translations"]
    if len(translations):
        who = listed([inert(name) for name in sorted(set(translations.translator))])
        yield (
            f"{plural(translations.response_id.nunique(), 'answer')} can also be read in translation (by {who}); the "
            "original is the text of record, and words were looked for there alone."
        )
    yield "Respondents appear under P-numbers, in the order of the export."


def _split_by_coders(given: Given) -> list[str]:
    """Return "amara split 3 of 40" per coder; nothing where coders neither were asked to split nor did."""
    counts = read_and_split(given["assignments"], given["decisions"])
    if given.study.survey.coding.unitise != "coder" and not counts.n_split.sum():
        return []
    return [f"{inert(row.coder_id)} split {of(row.n_split, row.n_read)}" for row in counts.itertuples()]


def _units(given: Given) -> Iterator[str]:
    coding, work = given.study.survey.coding, given["assignments"]
    mine = work[work.purpose == "estimate"]
    yield f"The unit of coding is {UNITS[coding.unitise]}."
    if coding.unitise in ("sentence", "manual"):
        several, answers = split_share(given["excerpts"])
        yield f"{several} of {plural(answers, 'answer')} were cut into several units."
    if cut := _split_by_coders(given):
        yield f"Coders could split an answer where it says several things: {listed(cut)}."
    if mine.empty:
        yield "No work of the main round has been handed out yet."
        return
    for kind, every, name in (
        ("excerpt", len(given["excerpts"]), "excerpt"),
        ("usage", _watched(given), "usage of watched words"),
    ):
        units = mine[mine.unit_kind == kind]
        if units.empty:
            continue
        many = name.replace("usage of", "usages of", 1) if kind == "usage" else "excerpts"
        count = units.unit_id.nunique()
        if (units.p_include == 1).all():
            yield f"All {plural(count, name, many)} were handed out."
        else:
            low = units.p_include.min()
            yield (
                f"A probability sample of {of(count, every)} {many} was handed out (chance of being drawn from "
                f"{low:.2g}), stratified by question; counts are weighted by its inverse."
            )


def _watched(given: Given) -> int:
    watched = given["terms"][given["terms"].role == "watched"].term_id
    return int(given["usages"].term_id.isin(watched).sum())


def _codebook(given: Given) -> Iterator[str]:
    if given.codes.empty:
        return
    version = given.book.themes.version
    themes = given.codes.theme.nunique()
    yield f"The codebook{f' (version {inert(version)})' if version else ''} has {plural(len(given.codes), 'code')} in {plural(themes, 'theme')}."  # noqa: E501
    if given.book.log:
        yield f"{plural(len(given.book.log), 'change')} between its versions, with reasons, are on record."
    if len(given.inventory):
        bare = int((given.inventory.definition == "").sum())
        said = f"The sense inventory names {plural(len(given.inventory), 'sense')} of "
        said += plural(given.inventory.term_id.nunique(), "word")
        yield f"{said}{f'; {bare} of them have no definition yet' if bare else ''}."


def _coders(given: Given) -> Iterator[str]:
    work, coding = given["assignments"], given.study.survey.coding
    coders = sorted(work.coder_id.dropna().unique())
    manner = MANNERS[coding.approach].name
    if not coders:
        yield f"Nobody has coded yet; the approach is {manner}."
        return
    yield f"{plural(len(coders), 'coder')} coded: {inert(listed(coders))}. The approach is {manner}."
    rounds = work[work.purpose.isin(list(ROUNDS))]
    for purpose, units in rounds.groupby("purpose", sort=False):
        yield f"{plural(units.unit_id.nunique(), 'unit')} were read {ROUNDS[str(purpose)]}, and enter no count."
    if rounds.empty:
        yield "No round of development, pilot or training is on record."
    if coding.approach != "reflexive" and len(coders) > 1:
        readers = work[work.purpose == "estimate"].groupby(["unit_kind", "unit_id"]).coder_id.nunique()
        for kind, name in (("excerpt", "excerpts"), ("usage", "usages")):
            if kind in readers.index.get_level_values(0):
                mine = readers.loc[kind]
                yield f"{of(int((mine > 1).sum()), len(mine))} {name} were given to two or more of them."


def _screen(given: Given) -> Iterator[str]:
    if given["decisions"].empty:
        return
    shown = [SHOWN[name] for name in given.study.survey.coding.show_to_coders]
    hidden = [said for name, said in SHOWN.items() if name not in given.study.survey.coding.show_to_coders]
    yield f"Coders saw the question, the answer{f', {listed(shown)}' if shown else ''} and the codebook."
    noted = int(given["decisions"].screen.notna().sum())
    told = f"; what was on screen is noted with {of(noted, len(given['decisions']))} decisions" if noted else ""
    yield f"They did not see {listed(hidden, '{names} or {last}')}, nor each other’s decisions{told}."


def _agreement(given: Given) -> Iterator[str]:
    coding = given.study.survey.coding
    if given["assignments"].empty:
        return
    manner = MANNERS[coding.approach]
    yield manner.why
    if coding.approach == "reflexive":
        return
    yield methods_sentence(given)
    low, high = given.study.survey.agreement.thresholds
    if manner.verdicts:
        yield f"Customary bounds: {low:g} and {high:g}, held against the interval’s lower bound."


def _record(given: Given) -> Iterator[str]:
    rule, record = given.study.survey.coding.record, given["record"]
    if rule is None or given["decisions"].empty:
        return
    yield f"What counts is {RULES[rule]} (rule “{rule}”); only people’s decisions count."
    units = record.drop_duplicates(["unit_kind", "unit_id"])
    bases = units.basis.value_counts()
    if len(units):
        yield f"Basis of the {plural(len(units), 'unit')} on record: {_parts(given, bases.items(), len(units))}."
    waiting = len(given["open_units"])
    if waiting:
        yield f"{plural(waiting, 'unit')} that people read {'stays' if waiting == 1 else 'stay'} undecided."
    yield "Not reached, no code applies, unsure and cannot be coded are kept apart."


def _parts(given: Given, counts: Iterable[tuple[Any, int]], base: int) -> str:
    return listed(
        [f"{name} {count}" + ("" if given.small else f" ({percent(count / base)})") for name, count in counts]
    )


def _plan(given: Given) -> Iterator[str]:
    if given.frozen is None:
        yield "The plan was not frozen; everything reported was found while looking, and no p-value is printed."
        return
    frozen, when = given.frozen, timing(given).split(" (")[0]
    late = ", so that it is no preregistration" if when.startswith("after") else ""
    yield f"The plan was frozen on {frozen['frozen_on']}{when and ', '}{when}{late}."
    n = len(frozen["plan"]["comparisons"])
    tested = int(given["planned"].p.notna().sum())
    if n:
        family = ", with Holm’s correction inside this family [@holm1979]" if n > 1 else ""
        yield (
            f"{plural(n, 'comparison')} {'was' if n == 1 else 'were'} planned; {tested} could be tested by permuting "
            f"whole respondents [@phipson2010]{family}."
        )
    yield "Everything else is described without p-values."
    noted = sum(bool(one.day) for one in given.deviations)
    silent = len(given.deviations) - noted
    if noted:
        yield f"{plural(noted, 'departure')} from the plan {'is' if noted == 1 else 'are'} noted with date and reason."
    if silent:
        yield "Some decisions differ from the plan without a note."


def _authors(given: Given) -> Iterator[str]:
    counts = response(given["authors"])
    if not counts["asked"]:
        return
    yield (
        f"{plural(counts['asked'], 'respondent')} were shown sentences of their own with a word marked, and asked "
        f"which of the frozen senses they had meant, and how many of ten colleagues would mean the same; "
        f"{counts['answered']} answered, about {plural(counts['usages_answered'], 'usage')}."
    )
    yield "Their answers are held against coders’ decisions, and enter neither agreement nor record."


def _senses(given: Given) -> Iterator[str]:
    if given["usages"].empty:
        return
    encoder = given.study.survey.encoder.name
    yield (
        f"Contexts of watched words were encoded with {inert(encoder)} [@reimers2019] and grouped by k-means, for the "
        "choice of examples only: groups are proposals and enter no count."
    )
    if len(given["shares"]):
        said = (
            "Respondents count first: a share is respondents who use the sense among those whose usage could be coded"
        )
        least = given.study.survey.report.small
        wilson = f", with Wilson’s interval [@wilson1927] where at least {least} respondents are concerned"
        yield f"{said}{'' if given.small else wilson}."


def _machine(given: Given) -> Iterator[str]:
    rules = len(given["machine_codings"])
    if rules:
        yield "The codebook’s rules and a similarity search proposed codes; they serve planning and search."
    if len(given["topics"]) and not given.small:
        method = given.study.survey.topics.method
        yield f"Topics ({inert(method)}; words by c-TF-IDF [@grootendorst2022]) show what the codebook may miss."
    if rules or len(given["topics"]):
        yield "Neither enters a count of themes."


def _provenance(given: Given) -> Iterator[str]:
    survey = given.study.survey
    seeds = {"coding": survey.coding.seed, "agreement": survey.agreement.seed, "senses": survey.senses.seed,
             "topics": survey.topics.seed}  # fmt: skip
    if given.frozen is not None:
        seeds["comparisons"] = given.frozen["plan"]["seed"]
    numbers = "" if survey.encoder.dtype == "float32" else f", computed in {survey.encoder.dtype}"
    yield f"Sameword {__version__}. Encoder weights SHA-256 {survey.encoder.sha256}{numbers}."
    yield f"Seeds: {', '.join(f'{name} {seed}' for name, seed in seeds.items())}."
    yield (
        "`manifest.json` beside this report holds the digests of all inputs, codebooks, tables and outputs, and the "
        "versions of all packages. Every table and figure is also a file under `tables/` and `figures/`."
    )
