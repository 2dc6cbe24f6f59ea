"""The methods section as sentences, each switched by data: what the tables and the plan do not hold is not said.

The paragraphs follow what reporting guidelines ask for (COREQ, SRQR): respondents, answers, sampling and units,
codebook, coders and their training, what was on screen, agreement, what counts, plan and departures, authors, machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline import __version__
from pipeline.asking.authors import response
from pipeline.encoder.languages import readable
from pipeline.notes import retold
from pipeline.report import reading
from pipeline.report.given import Given
from pipeline.report.promised import TIMES, timing
from pipeline.report.words import Markdown, inert
from pipeline.senses.said import rule
from pipeline.speech import message, phrase, phrases
from pipeline.wording import listed, plural, quoted

FROZEN = {
    **TIMES,
    "after some": message(
        "The plan was frozen on {plan}, after {n} decisions of the main round had come in, so that it is no "
        "preregistration."
    ),
    "after": message(
        "The plan was frozen on {plan}, after the first decision of the main round, so that it is no preregistration."
    ),
    "same day": message(
        "The plan was frozen on {plan}, on the day of the first decision of the main round, which does not tell which "
        "came first."
    ),
    "before": message("The plan was frozen on {plan}, before the first decision of the main round."),
}

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
    anchor: Markdown  # where the report shows what it counts


def section(given: Given) -> dict[str, Any]:
    """Return the template's name for the paragraphs; those without a sentence are left out."""
    parts = {
        message("Respondents"): _respondents(given),
        message("Answers"): _answers(given),
        message("Sampling and units"): reading.units(given),
        message("Codebook"): _codebook(given),
        message("Coders"): reading.coders(given),
        message("What coders saw"): reading.screen(given),
        message("Agreement"): reading.agreement(given),
        message("What counts"): reading.record(given),
        message("Plan"): _plan(given),
        message("Authors"): _authors(given),
        message("Senses"): _senses(given),
        message("Machine"): _machine(given),
        message("Provenance"): _provenance(given),
    }
    joined = {title: " ".join(sentences) for title, sentences in parts.items()}
    found = [
        Paragraph(phrase(title), Markdown(text), Markdown(PLACES[title])) for title, text in joined.items() if text
    ]
    return {"methods_parts": found, "provenance": Markdown(" ".join(_provenance(given)))}


def _respondents(given: Given) -> Iterator[str]:
    flow = given["flow"].sort_values("step")
    if given.study.synthetic:
        yield phrase("The respondents are invented; nothing in this section describes people.")
    if len(flow):
        lost = [
            phrase("{n} for “{reason}”", n=int(r.n_dropped), reason=inert(retold(r.reason)))
            for r in flow.itertuples()
            if r.n_dropped
        ]
        rows = plural(int(flow.n_rows.iloc[0]), "row")
        if lost:
            yield phrase("The export held {rows}, of which {lost} were left out.", rows=rows, lost=listed(lost))
        else:
            yield phrase("The export held {rows}, all of which count.", rows=rows)
    yield phrases(given.n_respondents, "{n:,} respondent counts.", "{n:,} respondents count.")
    waves = given["respondents"].wave.nunique()
    if waves > 1:
        yield phrase("They answered in {n} waves.", n=waves)
    groups = [quoted(inert(given.study.question_text(group))) for group in given.study.survey.report.groups]
    if groups:
        yield phrase("Groups are formed by the answers to {questions}.", questions=listed(groups))
    yield from _ethics(given)


def _ethics(given: Given) -> Iterator[str]:
    privacy = given.study.survey.privacy
    if privacy.ethics_approval:
        yield phrase("Ethics approval: {approval}.", approval=inert(privacy.ethics_approval))
    if privacy.consent_version:
        yield phrase(
            "Respondents consented to version {version} of the information they were given.",
            version=inert(privacy.consent_version),
        )
    if privacy.retain_until:
        yield phrase("The answers are kept until {day}.", day=inert(privacy.retain_until))
    if privacy.packets_to:
        who = listed([inert(who) for who in privacy.packets_to])
        yield phrase("Answers were handed, as packets, to {who} alone.", who=who)
    if given.study.survey.report.quotes == "consented":
        yield phrase("Only respondents who agreed to be quoted are quoted.")


def _answers(given: Given) -> Iterator[str]:
    questions = given["responses"].question_id.nunique()
    yield phrase(
        "They gave {answers} to {questions} in their own words.",
        answers=plural(len(given["responses"]), "answer"),
        questions=plural(questions, "open question"),
    )
    if given.study.survey.privacy.scrub:
        yield phrase(
            "E-mail addresses, phone numbers and other identifying strings were removed; nothing else was changed."
        )
    survey = given.study.survey
    away = int((~readable(given["responses"].language, survey.encoder, survey.language)).sum())
    if away:
        yield phrases(
            away,
            "{n:,} answer in a language that the encoder does not read was left to people: no vectors were made of "
            "them.",
            "{n:,} answers in a language that the encoder does not read were left to people: no vectors were made of "
            "them.",
        )
    translations = given["translations"]
    if len(translations):
        yield phrase(
            "{answers} can also be read in translation (by {who}); the original is the text of record, and words were "
            "looked for there alone.",
            answers=plural(translations.response_id.nunique(), "answer"),
            who=listed([inert(name) for name in sorted(set(translations.translator))]),
        )
    yield phrase("Respondents appear under P-numbers, in the order of the export.")


def _codebook(given: Given) -> Iterator[str]:
    if given.codes.empty:
        return
    version = given.book.themes.version
    sizes = {
        "codes": plural(len(given.codes), "code"),
        "themes": plural(given.codes.theme.nunique(), "theme"),
    }
    if version:
        yield phrase("The codebook (version {version}) has {codes} in {themes}.", version=inert(version), **sizes)
    else:
        yield phrase("The codebook has {codes} in {themes}.", **sizes)
    if given.book.log:
        changes = plural(len(given.book.log), "change")
        yield phrase("{changes} between its versions, with reasons, are on record.", changes=changes)
    if len(given.inventory):
        bare = int((given.inventory.definition == "").sum())
        said = phrase(
            "The sense inventory names {senses} of {words}",
            senses=plural(len(given.inventory), "sense"),
            words=plural(given.inventory.term_id.nunique(), "word"),
        )
        yield f"{said}{phrase('; {n} of them have no definition yet', n=bare) if bare else ''}."


def _plan(given: Given) -> Iterator[str]:
    if given.frozen is None:
        yield phrase("The plan was not frozen; everything reported was found while looking, and no p-value is printed.")
        return
    when, facts = timing(given)
    yield phrase(FROZEN[when], plan=given.frozen["frozen_on"], **facts)
    n = len(given.frozen["plan"]["comparisons"])
    tested = int(given["planned"].p.notna().sum())
    if n:
        family = phrase(", with Holm’s correction inside this family [@holm1979]") if n > 1 else ""
        yield phrases(
            n,
            "{n:,} comparison was planned; {tested} could be tested by permuting whole respondents [@phipson2010]"
            "{family}.",
            "{n:,} comparisons were planned; {tested} could be tested by permuting whole respondents [@phipson2010]"
            "{family}.",
            tested=tested,
            family=family,
        )
    yield phrase("Everything else is described without p-values.")
    noted = sum(bool(one.day) for one in given.deviations)
    silent = len(given.deviations) - noted
    if noted:
        yield phrases(
            noted,
            "{n:,} departure from the plan is noted with date and reason.",
            "{n:,} departures from the plan are noted with date and reason.",
        )
    if silent:
        yield phrase("Some decisions differ from the plan without a note.")


def _authors(given: Given) -> Iterator[str]:
    counts = response(given["authors"])
    if not counts["asked"]:
        return
    yield phrase(
        "{respondents} were shown sentences of their own with a word marked, and asked which of the frozen senses they "
        "had meant, and how many of ten colleagues would mean the same; {n} answered, about {usages}.",
        respondents=plural(counts["asked"], "respondent"),
        n=counts["answered"],
        usages=plural(counts["usages_answered"], "usage"),
    )
    yield phrase("Their answers are held against coders’ decisions, and enter neither agreement nor record.")


def _senses(given: Given) -> Iterator[str]:
    if given["usages"].empty:
        return
    yield phrase(
        "Contexts of watched words were encoded with {encoder} [@reimers2019] and grouped by k-means, for the choice "
        "of examples only: groups are proposals and enter no count.",
        encoder=inert(given.study.survey.encoder.name),
    )
    if given["evidence"].score.notna().any():
        yield rule()
    if len(given["shares"]):
        said = phrase(
            "Respondents count first: a share is respondents who use the sense among those whose usage could be coded"
        )
        wilson = phrase(
            ", with Wilson’s interval [@wilson1927] where at least {n} respondents are concerned",
            n=given.study.survey.report.small,
        )
        yield f"{said}{'' if given.small else wilson}."


def _machine(given: Given) -> Iterator[str]:
    rules = len(given["machine_codings"])
    if rules:
        yield phrase("The codebook’s rules and a similarity search proposed codes; they serve planning and search.")
    if len(given["topics"]) and not given.small:
        yield phrase(
            "Topics ({method}; words by c-TF-IDF [@grootendorst2022]) show what the codebook may miss.",
            method=inert(given.study.survey.topics.method),
        )
    if rules or len(given["topics"]):
        yield phrase("Neither enters a count of themes.")


def _provenance(given: Given) -> Iterator[str]:
    survey = given.study.survey
    seeds = {
        phrase("coding"): survey.coding.seed, phrase("agreement"): survey.agreement.seed,
        phrase("senses"): survey.senses.seed, phrase("topics"): survey.topics.seed,
    }  # fmt: skip
    if given.frozen is not None:
        seeds[phrase("comparisons")] = given.frozen["plan"]["seed"]
    dtype = survey.encoder.dtype
    numbers = "" if dtype == "float32" else phrase(", computed in {numbers}", numbers=dtype)
    yield phrase(
        "Sameword {version}. Encoder weights SHA-256 {digest}{numbers}.",
        version=__version__,
        digest=survey.encoder.sha256,
        numbers=numbers,
    )
    yield phrase("Seeds: {seeds}.", seeds=", ".join(f"{name} {seed}" for name, seed in seeds.items()))
    yield phrase(
        "`manifest.json` beside this report holds the digests of all inputs, codebooks, tables and outputs, and the "
        "versions of all packages. Every table and figure is also a file under `tables/` and `figures/`."
    )
