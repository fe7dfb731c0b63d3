"""Which teacher the settings ask for."""

from decimal import Decimal
from urllib.parse import urlsplit

from pydantic import SecretStr

from fitsense_assets.lib.teacher.batch_line import half_price
from fitsense_assets.lib.teacher.batch_teacher import BatchTeacher
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.litellm_calls import LitellmCalls
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.openai_calls import OPENAI, OpenAICalls
from fitsense_assets.lib.teacher.prices import FREE, Price, price_of
from fitsense_assets.lib.teacher.reference import REFERENCE, ReferenceTeacher
from fitsense_assets.lib.teacher.teacher import Teacher
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings

BATCH = "litellm-batch/"


def teacher_of(settings: Settings) -> Teacher:
    """`reference`, or a model behind a gateway with its journal in FitSense's home."""
    if settings.teacher == REFERENCE:
        return ReferenceTeacher(coach)
    if is_batch(settings):
        return BatchTeacher(endpoint_of(settings), journal_of(settings))
    endpoint = endpoint_of(settings)
    calls = OpenAICalls(endpoint) if is_direct(settings) else LitellmCalls(endpoint)
    return OnlineTeacher(endpoint, journal_of(settings), calls.gateway)


def is_batch(settings: Settings) -> bool:
    """Whether the model is asked through its provider's batch API."""
    return settings.teacher.startswith(BATCH)


def is_direct(settings: Settings) -> bool:
    """Whether the model's server is asked straight, without litellm."""
    return settings.teacher.startswith(OPENAI)


def journal_of(settings: Settings) -> Journal:
    """The journal of everything this installation ever paid for."""
    return Journal(settings.home / "teacher" / "journal.sqlite")


def endpoint_of(settings: Settings) -> Endpoint:
    """The model as the settings describe it.

    Raises:
        BadInput: there is a budget and no price to keep it with, or no address that can be used.
    """
    # Straight or through litellm, it is the same question to the same model: the same name.
    model = settings.teacher if is_direct(settings) else settings.teacher.partition("/")[2]
    if is_direct(settings) and settings.teacher_api_base is None:
        raise BadInput(
            f"FITSENSE_TEACHER is {settings.teacher}, a model behind a server: "
            "set FITSENSE_TEACHER_API_BASE to the address of the server"
        )
    price = price_for(settings, model)
    if settings.teacher_budget_usd is not None and price is None:
        message = (
            f"no price is known for {model}, so no budget can be kept: set "
            "FITSENSE_TEACHER_USD_PER_MILLION_ASKED and FITSENSE_TEACHER_USD_PER_MILLION_ANSWERED"
        )
        raise BadInput(message)
    return Endpoint(
        model=model,
        api_base=address_of(settings.teacher_api_base),
        api_key=secret_of(settings.teacher_api_key),
        concurrency=settings.teacher_concurrency,
        price=price or FREE,
        budget_usd=settings.teacher_budget_usd,
    )


def asked_endpoint_of(settings: Settings) -> Endpoint:
    """The model with the price that is paid: half of it in batches."""
    endpoint = endpoint_of(settings)
    return half_price(endpoint) if is_batch(settings) else endpoint


def secret_of(secret: SecretStr | None) -> str | None:
    """The key, which goes into a header.

    Raises:
        BadInput: no header can hold it; libraries would quote it in their errors, changed.
    """
    key = secret.get_secret_value() if secret else None
    if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
        raise BadInput(
            "FITSENSE_TEACHER_API_KEY holds a space, a line break or another character that no "
            "key has: set it again"
        )
    return key


def address_of(api_base: str | None) -> str | None:
    """The address if it is one.

    Raises:
        BadInput: it is not http, has no host, or carries a secret, which would be told in errors.
    """
    if api_base is None:
        return None
    parts = urlsplit(api_base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(
            "FITSENSE_TEACHER_API_BASE is no address: set it to http(s)://host[:port]/v1"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadInput(
            "FITSENSE_TEACHER_API_BASE carries more than an address: put the key into "
            "FITSENSE_TEACHER_API_KEY and leave user, query and fragment out"
        )
    return api_base


def price_for(settings: Settings, model: str) -> Price | None:
    """The price the settings tell, or else the one that is listed."""
    asked = settings.teacher_usd_per_million_asked
    answered = settings.teacher_usd_per_million_answered
    if asked is None and answered is None:
        return price_of(model)
    million = Decimal(1_000_000)
    return Price((asked or Decimal(0)) / million, (answered or Decimal(0)) / million)
