"""Respondents' words as quotes: cut at words, with the usage in the middle, chosen so that many people speak."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.report.given import Given
from pipeline.report.words import one_line
from pipeline.speech import phrase

AROUND = 150  # code points kept on each side of a usage
BEST = 140  # a quote of about this length reads best


@dataclass(frozen=True)
class Quote:
    """One usage in its words; cut says whether anything was left out."""

    usage_id: str
    person: str
    question: str
    before: str
    surface: str
    after: str
    reworded: bool = False  # the team's paraphrase, not the respondent's words

    @property
    def mark(self) -> str:
        """Say verbatim where every word and sign of the answer stands, shortened where something was left out.

        Paraphrased where the team wrote other words in the answer's place.
        """
        if self.reworded:
            return phrase("paraphrased")
        cut = self.before.startswith("…") or self.after.endswith(" …")
        return phrase("shortened") if cut else phrase("verbatim")

    @property
    def text(self) -> str:
        """The quote as one line."""
        return one_line(f"{self.before}{self.surface}{self.after}")


def around(text: str, start: int, end: int, *, most: int = AROUND) -> tuple[str, str, str]:
    """Return what stands before a span, the span, and what stands after, cut at words with an ellipsis."""
    before, after = text[:start], text[end:]
    if len(before) > most:
        cut = before[-most:]
        before = "… " + cut[cut.find(" ") + 1 :] if " " in cut else "…" + cut
    if len(after) > most:
        cut = after[:most]
        after = (cut[: cut.rfind(" ")] if " " in cut else cut) + " …"
    return before, text[start:end], after


def central(frame: pd.DataFrame, most: int = 24) -> pd.DataFrame:
    """Return the usages nearest the centre of a group that the machine proposes; people's senses are kept whole."""
    if "strength" not in frame:
        return frame
    near = frame.sort_values(["strength", "usage_id"], ascending=[False, True])
    return near.head(max(most, len(frame) // 2))


def quotable(given: Given, frame: pd.DataFrame) -> pd.DataFrame:
    """Keep rows of people who may be quoted: everybody, or those who said yes where the study asks for that."""
    return frame[~frame.respondent_id.isin(given.silent)]


def quotes(given: Given, usages: pd.DataFrame, *, most: int | None = None) -> list[Quote]:
    """Return quotes of usages (usage_id, response_id, respondent_id), at most so many, different people first.

    Order: people who have not spoken yet, then length near BEST, then id; so the choice is the same on every run.
    """
    mine = quotable(given, usages).drop_duplicates("usage_id")
    mine = mine.drop(columns=["start", "end", "text", "question_id", "item_id"], errors="ignore")
    mine = mine.join(given.spans[["start", "end"]], on="usage_id").join(given.answers, on="response_id")
    mine = mine.assign(fit=(mine.text.str.len() - BEST).abs()).sort_values(["fit", "usage_id"])
    if most is not None:  # the same words twice say nothing more
        mine = mine.assign(words=mine.text.map(lambda text: one_line(text).casefold())).drop_duplicates("words")
    mine = mine.assign(turn=mine.groupby("respondent_id").cumcount()).sort_values(["turn", "fit", "usage_id"])
    chosen = mine if most is None else mine.head(most)
    chosen = chosen.assign(person=chosen.respondent_id.map(given.people)).sort_values(["person", "usage_id"])
    reworded = given.study.survey.report.paraphrases
    columns = ["usage_id", "person", "question_id", "item_id", "text", "start", "end", "response_id"]
    return [
        Quote(
            usage,
            person,
            given.question(question, item),
            *around(text, int(start), int(end)),
            reworded=reworded.get(response) == text,
        )
        for usage, person, question, item, text, start, end, response in chosen[columns].itertuples(index=False)
    ]
