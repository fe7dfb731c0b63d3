"""The fixed words that stand where no plan may. No clinician has reviewed them."""

from types import MappingProxyType

from fitsense_training.domain.vocabulary import TemplateId

HANDOFFS = MappingProxyType(
    {
        TemplateId.SEE_CLINICIAN: (
            "We have not made a plan this time. Something you told us, or the way several things "
            "come together, should be looked at by a clinician first. Show them what you entered "
            "here and ask what is safe for you now. Once they have cleared you, note it in your "
            "profile and ask us again. If you have chest pain, faint, or are short of breath at "
            "rest, stop what you are doing and call your local emergency number."
        ),
        TemplateId.EMERGENCY: (
            "What you describe can be an emergency. Stop exercising now and call your local "
            "emergency number. Sit down, do not drive yourself, and ask somebody to stay with "
            "you. We have not made a plan. Come back when a clinician has checked you."
        ),
    }
)
