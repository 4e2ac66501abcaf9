"""Which sentences of a passage are quoted: those that answer, never a changed word."""

import re
from datetime import date

from community.model.policies.asking import answer_types
from community.model.policies.entries import bigrams_of, concepts_of, plain_text
from community.model.policies.lexicon import Lexicon
from community.model.policies.numbers import age_ranges
from community.model.policies.policy_cutting import sentences_of
from community.model.policies.question import AskedQuestion

#: A passage up to this length is quoted whole.
WHOLE = 140
#: Longer ones are quoted up to about this many characters.
MOST = 170
#: So many sentences with ages of their own are a scale of ages.
_SEVERAL = 3

_UNTIL = re.compile(
    r"(?:受理|申请|申领|报名|领取|登记|活动|补贴|办理|执行|有效期?|政策|期限|时间)[^。；]{0,12}?"
    r"(?:至|到|截止到?|截至)\s*(\d{4})年(\d{1,2})月(\d{1,2})日(?!起)|(\d{4})年(\d{1,2})月(\d{1,2})日(?:止|截止|前(?:申请|报名|办理|提出))"
)


def quote(text: str, question: AskedQuestion, lexicon: Lexicon) -> str:
    """Return the sentences of a passage that answer the question, in their own order; a short passage whole.

    Of sentences or rows for different ages only those for the age asked are quoted.
    """
    sentences = _for_the_age(sentences_of(text), question)
    if sum(map(len, sentences)) <= WHOLE:
        return "".join(sentences)
    order = sorted(range(len(sentences)), key=lambda place: (-_worth(sentences[place], question, lexicon), place))
    chosen: set[int] = set()
    length = 0
    for place in order:
        if chosen and length + len(sentences[place]) > MOST:
            continue
        chosen.add(place)
        length += len(sentences[place])
    return "".join(sentences[place] for place in sorted(chosen))


def _for_the_age(sentences: list[str], question: AskedQuestion) -> list[str]:
    spans = [age_ranges(plain_text(sentence)) for sentence in sentences]
    fits = [any(span.holds(age) for span in some for age in question.ages) for some in spans]
    if sum(map(bool, spans)) < _SEVERAL or not any(fits):
        return sentences
    return [sentence for sentence, some, fit in zip(sentences, spans, fits, strict=True) if fit or not some]


def _worth(sentence: str, question: AskedQuestion, lexicon: Lexicon) -> float:
    plain = plain_text(sentence)
    concepts = concepts_of(plain, lexicon)
    asked = set(bigrams_of(question.text))
    shared = len(asked & set(bigrams_of(plain)))
    worth = 2.0 * len(question.things & concepts) + 0.5 * shared
    worth += sum(1.0 for word in question.words if word in plain)
    worth += 1.0 if question.asks & answer_types(plain) else 0.0
    worth += 1.5 if any(span.holds(age) for span in age_ranges(plain) for age in question.ages) else 0.0
    return worth


def ended_on(quoted: str, today: date) -> date | None:
    """Return the day on which what is quoted ended, where it names one that has passed (受理至2026年5月31日止)."""
    ends = []
    for found in _UNTIL.finditer(quoted):
        year, month, day = (int(part) for part in (found.groups()[:3] if found[1] else found.groups()[3:]))
        try:
            ends.append(date(year, month, day))
        except ValueError:
            continue
    return max(ends) if ends and max(ends) < today else None
