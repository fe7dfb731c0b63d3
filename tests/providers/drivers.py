"""The two ways to a model of OpenAI's protocol: through litellm, and straight."""

from fitsense_assets.lib.teacher.calling import Gateway
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.litellm_calls import LitellmCalls
from fitsense_assets.lib.teacher.openai_calls import OpenAICalls

LITELLM, STRAIGHT = "litellm", "straight"
DRIVERS = {LITELLM: LitellmCalls, STRAIGHT: OpenAICalls}


def gateway_of(driver: str, endpoint: Endpoint) -> Gateway:
    return DRIVERS[driver](endpoint).gateway
