"""Steps as TwiML: slow plain speech, words and keys at once, and never a way to fall out of the questions."""

import re

from twilio.twiml.voice_response import Dial, Gather, Say, VoiceResponse

from voice.script.steps import DIGITWISE, CallUrls, Language, Listen, Prompt, Step

#: What Twilio calls a language when it speaks (with a voice of that language) and when it listens.
#: https://www.twilio.com/docs/voice/twiml/say/text-speech, https://www.twilio.com/docs/voice/twiml/gather
_SAY: dict[Language, tuple[str, str]] = {
    Language.MANDARIN: ("cmn-CN", "Polly.Zhiyu-Neural"),
    Language.CANTONESE: ("yue-HK", "Google.yue-HK-Standard-A"),
    Language.TAIWANESE_MANDARIN: ("cmn-TW", "Google.cmn-TW-Standard-A"),
}
_HEAR: dict[Language, str] = {
    Language.MANDARIN: "cmn-Hans-CN",
    Language.CANTONESE: "yue-Hant-HK",
    Language.TAIWANESE_MANDARIN: "cmn-Hant-TW",
}
_RATE, _SLOW_RATE = "slow", "65%"
_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_END_OF_SPEECH, _END_OF_LONG_SPEECH = "2", "4"
_RING_DUTY_SECONDS, _MESSAGE_SECONDS = 30, 120
_HINTS_LENGTH = 500


def render(step: Step, urls: CallUrls) -> str:
    """TwiML for one step.

    Args:
        step: what to say and await.
        urls: where the result of step `n` goes.
    """
    response = VoiceResponse()
    action = urls.step(step.number)
    if step.listen is not None:
        response.append(_gather(step, step.listen, action))
        # A gather that ends without calling its action would fall through: the redirect says "heard nothing".
        response.redirect(action, method="POST")
        return str(response)
    _speak(response, step)
    if step.transfer_to:
        dial = Dial(action=action, method="POST", timeout=_RING_DUTY_SECONDS)
        dial.number(step.transfer_to)
        response.append(dial)
    elif step.record_message:
        response.record(
            action=action,
            method="POST",
            max_length=_MESSAGE_SECONDS,
            timeout=5,
            finish_on_key="#",
            play_beep=True,
            recording_status_callback=urls.message,
            recording_status_callback_event="completed absent",
        )
    if step.hang_up:
        response.hangup()
    else:
        response.redirect(action, method="POST")
    return str(response)


def _gather(step: Step, listen: Listen, action: str) -> Gather:
    options: dict[str, object] = {}
    if listen.digits is not None:
        options = {"num_digits": listen.digits, "finish_on_key": ""}
    gather = Gather(
        input="dtmf speech",
        action=action,
        method="POST",
        language=_HEAR[step.language],
        timeout=max(listen.timeout, step.wait),
        speech_timeout=_END_OF_LONG_SPEECH if listen.long else _END_OF_SPEECH,
        action_on_empty_result=True,
        profanity_filter=False,
        barge_in=None if listen.barge_in else False,
        hints=",".join(listen.hints)[:_HINTS_LENGTH] or None,
        **options,
    )
    _speak(gather, step)
    return gather


def _speak(parent: VoiceResponse | Gather, step: Step) -> None:
    if not step.prompts:
        return
    language, voice = _SAY[step.language]
    say = Say(language=language, voice=voice)
    for prompt in step.prompts:
        _say_prompt(say, prompt)
    parent.append(say)


def _say_prompt(say: Say, prompt: Prompt) -> None:
    rate = _SLOW_RATE if prompt.slow else _RATE
    for i, part in enumerate(DIGITWISE.split(_UNSPEAKABLE.sub("", prompt.text))):
        if i % 2:
            say.prosody("", rate=rate).say_as(part, interpret_as="telephone")
        elif part:
            say.prosody(part, rate=rate)
    if prompt.pause_after > 0:
        say.break_(time=f"{round(prompt.pause_after * 1000)}ms")
