"""What the tools' own columns are: the role of every column that a tool adds by itself, by its name there."""

from __future__ import annotations

import re

IDENTIFYING = re.compile(
    r"ip.?addr|recipient|e-?mail|\bname\b|first.?name|last.?name|latitude|longitude|external.?(data.?)?reference|phone|"
    r"network.?id|collector.?id|prolific|participant.?id|panel|\bname_|_name\b|address\b|_geolocation|device.?id|refurl",
    re.IGNORECASE,
)
METADATA = {
    "startdate", "enddate", "recordeddate", "progress", "duration (in seconds)", "distributionchannel", "time started",
    "date submitted", "timestamp", "collectorid", "start date (utc)", "submit date (utc)", "responseset",
    "start date", "end date", "start time", "completion time", "last modified time", "date created", "date modified",
}  # fmt: skip
ROLE_BY_NAME = {
    "status": "status", "finished": "finished", "userlanguage": "language", "responseid": "respondent_id",
    "respondentid": "respondent_id", "respondent id": "respondent_id", "response id": "respondent_id",
    "respondent_id": "respondent_id", "record_id": "respondent_id",
}  # fmt: skip


def _roles(role: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, role)


BY_TOOL: dict[str, dict[str, str]] = {
    "redcap": {
        **_roles("occasion", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "event name",
                 "repeat instrument", "repeat instance"),
        **_roles("identifying", "redcap_survey_identifier", "survey identifier"),
        **_roles("metadata", "redcap_data_access_group", "data access group", "complete?", "survey timestamp"),
    },
    "limesurvey": {
        **_roles("respondent_id", "id", "response id"),
        **_roles("finished", "submitdate", "date submitted"),
        **_roles("metadata", "lastpage", "last page", "seed", "startdate", "date started", "datestamp",
                 "date last action"),
        **_roles("language", "startlanguage", "start language"),
        **_roles("identifying", "token", "access code", "ipaddr", "ip address", "refurl", "referrer url"),
    },
    "microsoft-forms": {
        **_roles("respondent_id", "id", "id."),
        **_roles("identifying", "email", "name", "e-mail", "adresse de messagerie", "nom", "correo electrónico",
                 "nombre"),
        **_roles("metadata", "start time", "completion time", "last modified time", "startzeit", "fertigstellungszeit",
                 "uhrzeit der letzten änderung", "heure de début", "heure de fin", "hora de inicio",
                 "hora de finalización", "total points", "quiz feedback", "grade posted time", "language"),
    },
    "typeform": {
        **_roles("respondent_id", "#"),
        **_roles("identifying", "network id"),
        **_roles("metadata", "response type", "start date (utc)", "stage date (utc)", "submit date (utc)", "tags",
                 "ending"),
    },
    "kobotoolbox": {
        **_roles("respondent_id", "_uuid"),
        **_roles("metadata", "start", "end", "today", "_id", "_submission_time", "_validation_status", "_notes",
                 "_status", "__version__", "_tags", "_index", "formhub/uuid", "meta/instanceid", "meta/rootuuid",
                 "_xform_id_string", "_attachments", "_parent_index", "_parent_table_name"),
        **_roles("identifying", "username", "deviceid", "phonenumber", "subscriberid", "simserial", "_submitted_by",
                 "_geolocation"),
    },
    "prolific": {
        **_roles("identifying", "participant id", "submission id"),
        **_roles("finished", "status"),
        **_roles("metadata", "started at", "completed at", "reviewed at", "archived at", "time taken",
                 "completion code", "total approvals", "custom study tncs accepted at"),
    },
}  # fmt: skip
PATTERNS: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "redcap": ((re.compile(r".+_complete|.+_timestamp|Complete\? \(\d+\)|Survey Timestamp \(\d+\)"), "metadata"),),
    "microsoft-forms": ((re.compile(r"(Points|Feedback) - .*", re.DOTALL), "metadata"),),
    "kobotoolbox": ((re.compile(r"_.+_(latitude|longitude|altitude|precision)"), "identifying"),),
    "qualtrics": (
        (re.compile(r".+_\d+_TEXT"), "other_text"),
        (re.compile(r"Q.* - (Topics|Sentiment|Parent Topics|Topic Hierarchy.*)"), "metadata"),
    ),
}


def own_role(tool: str, name: str, label: str, first: bool) -> str | None:
    """Return the role of a column that the tool adds by itself, or None for a question of the survey."""
    known = BY_TOOL.get(tool, {})
    for text in (name.lower(), label.lower()):
        if text in known:
            return known[text]
    for pattern, role in PATTERNS.get(tool, ()):
        if pattern.fullmatch(name) or pattern.fullmatch(label):
            return role
    if tool == "redcap" and first:
        return "respondent_id"  # REDCap writes the record's id first, whatever the project calls it
    return ROLE_BY_NAME.get(name.lower())
