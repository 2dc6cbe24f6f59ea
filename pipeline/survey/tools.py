"""How each survey tool's export is told: by marks in its header and first rows that the tool itself writes.

Every rule takes the first rows of a grid and returns (tool, header rows, why), or None. The order matters: a rule that
names a tool's own words comes before one that goes by a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Rows = Sequence[Sequence[str]]
Verdict = tuple[str, int, str]

IMPORT_ID = re.compile(r"""^\s*\{\s*['"]ImportId['"]\s*:""")
QUALTRICS = {
    "StartDate", "EndDate", "RecordedDate", "ResponseId", "ResponseID", "Finished", "Progress", "DistributionChannel",
}  # fmt: skip
ALCHEMER = {"Time Started", "Date Submitted", "Status"}
SURVEYMONKEY = {"RespondentID", "Respondent ID", "CollectorID", "Collector ID", "respondent_id", "collector_id"}
REDCAP = {
    "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_survey_identifier",
    "redcap_data_access_group", "Event Name", "Repeat Instrument", "Repeat Instance", "Survey Identifier",
}  # fmt: skip
CHECKBOX = re.compile(r"(.+?)___(\w+)")
CHOICE = re.compile(r"(.+) \(choice=(.+)\)", re.DOTALL)
LIMESURVEY = {
    "id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp", "Response ID",
    "Date submitted", "Last page", "Start language", "Seed", "Access code", "Date started", "Date last action",
}  # fmt: skip
MICROSOFT = (
    {"ID", "Start time", "Completion time", "Email", "Name"},
    {"ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name"},
    {"ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom"},
    {"Id.", "Hora de inicio", "Hora de finalización", "Correo electrónico", "Nombre"},
)
KOBO = {"_id", "_uuid", "_submission_time", "_validation_status", "_submitted_by", "__version__"}
PROLIFIC = {
    "Submission id", "Participant id", "Started at", "Completed at", "Reviewed at", "Archived at", "Time taken",
    "Completion code", "Custom study tncs accepted at",
}  # fmt: skip
TYPEFORM = {"#", "Network ID", "Start Date (UTC)", "Submit Date (UTC)", "Response Type"}
TIMESTAMP = {
    "timestamp", "zeitstempel", "horodateur", "marca temporal", "informazioni cronologiche",
    "carimbo de data/hora", "tijdstempel", "sygnatura czasowa", "отметка времени", "タイムスタンプ", "时间戳记",
}  # fmt: skip


def plain(cell: str) -> str:
    """Return a header cell without no-break spaces and outer blanks."""
    return cell.replace("\xa0", " ").strip()


def tell(rows: Rows) -> Verdict:
    """Return the tool, the number of header rows and why; a plain table where no tool's marks are found."""
    for rule in RULES:
        verdict = rule(rows)
        if verdict:
            return verdict
    return "plain", 1, "no survey tool's marks; read as a plain table"


def _names(rows: Rows) -> set[str]:
    return {plain(cell) for cell in rows[0]}


def _said(marks: set[str]) -> str:
    return "the columns " + ", ".join(sorted(marks))


def _qualtrics(rows: Rows) -> Verdict | None:
    for line in range(1, min(4, len(rows))):
        filled = [cell for cell in rows[line] if cell.strip()]
        if filled and sum(bool(IMPORT_ID.match(cell)) for cell in filled) > len(filled) / 2:
            return "qualtrics", line + 1, f"row {line + 1} holds ImportId entries"
    marks = _names(rows) & QUALTRICS
    if len(marks) >= 3:
        header = 2 if len(rows) > 1 and _is_label_row(rows[1]) else 1
        return "qualtrics", header, "metadata columns " + ", ".join(sorted(marks))
    if rows[0][0] in ("V1", "ResponseID") and len(rows) > 1 and "ResponseI" in rows[1][0] + rows[0][0]:
        return "qualtrics", 2, "the legacy header V1, V2, …"
    return None


def _is_label_row(row: Sequence[str]) -> bool:
    """Say whether a row looks like question labels: no dates, no numbers, mostly words."""
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and not any(re.match(r"\d{1,4}[-/.]\d", cell) for cell in filled)


def _alchemer(rows: Rows) -> Verdict | None:
    return ("alchemer", 1, "the columns Time Started, Date Submitted, Status") if _names(rows) >= ALCHEMER else None


def _surveymonkey(rows: Rows) -> Verdict | None:
    marks = _names(rows) & SURVEYMONKEY
    if not marks:
        return None
    place = next(number for number, cell in enumerate(rows[0]) if plain(cell) in marks)
    if len(rows) > 1 and rows[1][place].strip():
        return "surveymonkey", 1, _said(marks) + " and no second header row (the condensed form)"
    return "surveymonkey", 2, _said(marks) + " and a second header row"


def _redcap(rows: Rows) -> Verdict | None:
    names = _names(rows)
    marks = names & REDCAP
    boxes = {name for name in names if CHECKBOX.fullmatch(name) or CHOICE.fullmatch(name)}
    states = {place for place, name in enumerate(map(plain, rows[0])) if name.endswith("_complete")}
    states = {place for place in states if {row[place].strip() for row in rows[1:50]} <= {"", "0", "1", "2"}}
    if marks and (states or boxes or len(marks) >= 2 or any(name.startswith("redcap_") for name in marks)):
        return "redcap", 1, _said(marks)
    if states and (boxes or plain(rows[0][0]).endswith("_id")):
        why = f"{len(states)} columns *_complete with 0, 1, 2"
        return "redcap", 1, why + (f" and {len(boxes)} checkbox columns" if boxes else f" after {plain(rows[0][0])}")
    return None


def _limesurvey(rows: Rows) -> Verdict | None:
    names = _names(rows)
    heads = {re.split(r"\. ?", name, maxsplit=1)[0] for name in names if re.match(r"\w+\. ?\w", name)}
    marks = (names | heads) & LIMESURVEY
    own = marks & {"submitdate", "lastpage", "startlanguage", "Date submitted", "Last page", "Start language",
                   "Date last action"}  # fmt: skip
    return ("limesurvey", 1, _said(marks)) if len(marks) >= 3 and own else None


def _microsoft(rows: Rows) -> Verdict | None:
    names = _names(rows)
    for known in MICROSOFT:
        if len(names & known) >= 4:
            return "microsoft-forms", 1, _said(names & known)
    return None


def _typeform(rows: Rows) -> Verdict | None:
    marks = _names(rows) & TYPEFORM
    return ("typeform", 1, _said(marks)) if len(marks) >= 3 and "Submit Date (UTC)" in marks else None


def _kobo(rows: Rows) -> Verdict | None:
    marks = _names(rows) & KOBO
    return ("kobotoolbox", 1, _said(marks)) if len(marks) >= 2 and marks & {"_uuid", "_submission_time"} else None


def _prolific(rows: Rows) -> Verdict | None:
    marks = _names(rows) & PROLIFIC
    return ("prolific", 1, _said(marks)) if len(marks) >= 4 and "Participant id" in marks else None


def _google(rows: Rows) -> Verdict | None:
    first = plain(rows[0][0])
    return ("google-forms", 1, f"the first column is {first}") if first.lower() in TIMESTAMP else None


RULES: tuple[Callable[[Rows], Verdict | None], ...] = (
    _qualtrics, _prolific, _redcap, _kobo, _typeform, _microsoft, _alchemer, _limesurvey, _surveymonkey, _google,
)  # fmt: skip
TOOLS = (
    "qualtrics", "prolific", "redcap", "kobotoolbox", "typeform", "microsoft-forms", "alchemer", "limesurvey",
    "surveymonkey", "google-forms", "plain",
)  # fmt: skip
