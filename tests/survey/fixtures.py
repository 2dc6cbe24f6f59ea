"""Exports made from the headers that the tools' documentation gives, with invented answers."""

from __future__ import annotations

import csv
import io

SAID = [
    "Two pictures look alike to me when their colours match",
    "I compare shapes before anything else, honestly",
    "Alike means that a model trained on one helps the other",
    "No idea, I would have to try it out first",
    "They come from the same scanner, so they are close",
    "A colleague called them similar; I did not see why",
]


def table(*rows, separator=","):
    """Return rows as the text of a delimited file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode("utf-8")


def limesurvey(style):
    """Response export of LimeSurvey: headings as question codes, as question text, or both."""
    code = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "why", "skill2[SQ001]",
            "skill2[SQ002]", "skill2[other]"]  # fmt: skip
    text = ["Response ID", "Date submitted", "Last page", "Start language", "Seed", "Date started", "Date last action",
            "Why alike?", "Skills [Reading]", "Skills [Writing]", "Skills [Other]"]  # fmt: skip
    heads = {"code": code, "text": text, "both": [f"{one}. {other}" for one, other in zip(code, text, strict=True)]}
    rows = [
        [i, "" if i == 6 else "2024-05-01 10:00:00", 2, "en", 99 + i, "2024-05-01 09:50:00", "2024-05-01 10:00:00",
         SAID[i - 1], "Yes", "No", "Drawing" if i == 2 else ""]
        for i in range(1, 7)
    ]  # fmt: skip
    return table(heads[style], *rows, [7, "", "", "en", 1, "2024-05-01 09:50:00", "", "", "", "", ""])


def microsoft():
    """Excel copy of Microsoft Forms saved as CSV: a multi-select joined with a trailing semicolon, quiz columns."""
    head = ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time", "Which did you use?",
            "Points - Which did you use?", "Feedback - Which did you use?", "Why alike?"]  # fmt: skip
    rows = [
        [i, "5/1/24 9:50:00", "5/1/24 10:00:00", "anonymous", "", "", "Pen;Paper, ruled;" if i % 2 else "Pen;", "", "",
         said]
        for i, said in enumerate(SAID, 1)
    ]  # fmt: skip
    return table(head, *rows)


def typeform():
    """Typeform: a hashed id first, an option a column, duplicate headers, network id last."""
    head = ["#", "Why alike?", "Python", "R", "Other", "Email", "Phone", "Other", "Start Date (UTC)",
            "Submit Date (UTC)", "Network ID"]  # fmt: skip
    rows = [
        [f"a1b2c3{i}", said, "Python", "R" if i % 2 else "", "Julia" if i == 3 else "", "Email", "", "post" if i == 1
         else "", "2024-05-01 09:50:00", "2024-05-01 10:00:00", f"net{i}xyz"]
        for i, said in enumerate(SAID)
    ]  # fmt: skip
    return table(head, *rows)


def kobo():
    """KoboToolbox: semicolons, groups in the header, a select-multiple as one column and split."""
    head = ["start", "end", "about/why", "about/tools", "about/tools/pen", "about/tools/paper", "_id", "_uuid",
            "_submission_time", "_validation_status", "_submitted_by", "__version__", "_index"]  # fmt: skip
    rows = [
        ["2024-05-01T09:50:00.000+02:00", "2024-05-01T10:00:00.000+02:00", said, "pen paper" if i % 2 else "pen", 1,
         i % 2, 100 + i, f"0f0f-{i}", "2024-05-01T10:00:00", "", "", "v1", i + 1]
        for i, said in enumerate(SAID)
    ]  # fmt: skip
    return table(head, *rows, separator=";")


def prolific(ids):
    """Demographic export of Prolific; ids are participants' ids."""
    head = ["Submission id", "Participant id", "Status", "Custom study tncs accepted at", "Started at", "Completed at",
            "Reviewed at", "Archived at", "Time taken", "Completion code", "Total approvals", "Age", "Sex"]  # fmt: skip
    rows = []
    for i, one in enumerate(ids):
        age = {1: "CONSENT_REVOKED", 2: "DATA_EXPIRED"}.get(i, str(20 + i))
        status = "RETURNED" if i == 3 else "APPROVED"
        rows.append([f"s{i}", one, status, "Not Applicable", "2024-05-01T09:50:00Z", "2024-05-01T10:00:00Z", "", "",
                     600, "C1", 12, age, "Female"])  # fmt: skip
    return table(head, *rows)


def redcap_labels():
    """REDCap with labels as headings: choices in brackets, "Complete?" after each form."""
    head = ["Record ID", "Event Name", "Repeat Instrument", "Repeat Instance", "Survey Identifier", "Why alike?",
            "Tools (choice=Pen)", "Tools (choice=Paper)", "Complete?", "Complete?"]  # fmt: skip
    rows = [
        [i // 2 + 1, "Visit 1" if i % 2 else "Visit 2", "", "", "", said, "Checked", "Unchecked", "Complete",
         "Incomplete"]
        for i, said in enumerate(SAID)
    ]  # fmt: skip
    return table(head, *rows)


def surveymonkey_condensed():
    """SurveyMonkey's condensed workbook saved as CSV: one header row, question and option written together."""
    head = ["Respondent ID", "Collector ID", "Date Created", "Date Modified", "IP Address", "Email Address",
            "First Name", "Last Name", "Custom Data 1", "Why alike?Open-Ended Response"]  # fmt: skip
    rows = [
        [1180000 + i, 300, "2024-05-01 10:00:00", "2024-05-01 10:00:00", f"192.0.2.{i}", "", "", "", "", said]
        for i, said in enumerate(SAID)
    ]  # fmt: skip
    return table(head, *rows)


ALL = {
    "limesurvey by code": lambda: limesurvey("code"), "limesurvey by text": lambda: limesurvey("text"),
    "limesurvey both": lambda: limesurvey("both"), "microsoft-forms": microsoft, "typeform": typeform,
    "kobotoolbox": kobo, "redcap by label": redcap_labels, "surveymonkey condensed": surveymonkey_condensed,
}  # fmt: skip
