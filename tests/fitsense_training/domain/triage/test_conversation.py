"""A flag stays in a conversation until its questions are answered."""

from functools import reduce

from fitsense_training.domain.safety.triage.conversation import ConversationState
from fitsense_training.domain.vocabulary import Condition, EscalationLevel

E0, E1, E3, NONE = (
    EscalationLevel.E0,
    EscalationLevel.E1,
    EscalationLevel.E3,
    EscalationLevel.NONE,
)


def after(*turns: str) -> ConversationState:
    return reduce(lambda state, turn: state.after(turn), turns, ConversationState())


def test_small_talk_raises_nothing():
    assert after("Hello.", "Three days a week please.") == ConversationState()


def test_a_flag_survives_a_change_of_subject():
    state = after("My chest hurts when I run.", "Anyway, give me my plan.", "And more arms.")

    assert (state.level, state.category, state.template) == (E0, "cardiac", "e0.cardiac")


def test_feeling_fine_again_is_not_enough():
    state = after("My chest hurts when I run.", "I feel fine now.")

    assert state.level is E0
    assert len(state.open_questions) == 1


def test_answering_every_question_settles_a_flag():
    state = after(
        "My chest hurts when I run.",
        "My doctor checked me and said training is fine.",
        "It is completely gone now.",
    )

    assert state.level is NONE
    assert state.open_questions == ()


def test_both_answers_may_come_at_once():
    turn = "The cardiologist cleared me last week. The pain is gone."

    assert after("My chest hurts.", turn).level is NONE


def test_a_bare_yes_answers_the_question_that_stands_first():
    once = after("My chest hurts.", "Yes.")

    assert len(once.open_questions) == 1
    assert once.after("Yes.").level is NONE


def test_a_no_settles_nothing():
    assert after("My chest hurts.", "No.", "No.").level is E0


def test_a_denied_or_future_answer_settles_nothing():
    state = after(
        "My chest hurts.",
        "My doctor has not cleared me.",
        "I will have it checked by my doctor tomorrow.",
        "It is not gone.",
    )

    assert len(state.open_questions) == 2


def test_a_flag_that_comes_back_starts_anew():
    state = after("My chest hurts.", "The doctor cleared me.", "My chest hurts again.")

    assert len(state.open_questions) == 2


def test_the_gravest_flag_leads_and_the_others_wait():
    state = after("My left calf is hot and swollen.", "Now my chest hurts too.")

    assert [flag.level for flag in state.flags] == [E0, E1]
    assert state.category == "cardiac"


def test_thoughts_of_suicide_need_safety_and_help():
    state = after("I want to kill myself.", "I talked to a crisis line.")

    assert state.open_questions == ("Are you safe right now?",)
    assert state.after("I am safe now.").level is NONE


def test_an_eating_disorder_is_not_settled_by_a_doctor_who_says_fine():
    assert after("I purge after meals.", "My doctor says I am fine.").level is E3


def test_what_was_told_is_remembered():
    state = after("I am 28 weeks pregnant.", "I'm 16 years old.", "Legs please.")

    assert state.told_conditions == (Condition.PREGNANCY_T3,)
    assert state.tells_minor
    assert state.level is NONE
