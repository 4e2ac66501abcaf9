"""When one resident may be called in one campaign."""

from community.model.hours import CallingHours, parse_spans
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.rulebook import Rulebook
from community.store.campaigns import Campaign


def calling_hours(campaign: Campaign, preferred_hours: str, rules: Rulebook) -> CallingHours | None:
    """The campaign's hours within the community's and the resident's; None in a rehearsal, whose people do not sleep."""
    return None if campaign.rehearsal else hours_of_questionnaire(campaign.questionnaire, preferred_hours, rules)


def hours_of_questionnaire(questionnaire: Questionnaire, preferred_hours: str, rules: Rulebook) -> CallingHours:
    """A questionnaire's hours within the community's and the resident's, for calls that really ring."""
    return CallingHours(
        zone=rules.timezone,
        campaign=tuple(span for hours in questionnaire.hours for span in parse_spans(hours)),
        quiet=rules.quiet_hours,
        preferred=parse_spans(preferred_hours),
        workdays_only=questionnaire.days == "workdays",
        calendar=rules.calendar,
    )
