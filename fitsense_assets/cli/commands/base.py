"""`fitsense base ...`: the pretrained models that lora and qlora recipes begin with."""

from typing import Annotated

import typer

base_app = typer.Typer(
    help="Pretrained models that recipes begin with; training itself never fetches one.",
    no_args_is_help=True,
)


@base_app.command("fetch")
def base_fetch(
    model: Annotated[str, typer.Argument(help="A model of the hub, such as Qwen/Qwen3-4B.")],
    revision: Annotated[str | None, typer.Option(help="A commit or tag.")] = None,
) -> None:
    """Fetch a model from the Hugging Face hub into its cache on this machine."""
    from fitsense_training.settings import allow_hub

    allow_hub()
    from fitsense_training.bases.files import fetch_base

    base = fetch_base(model, revision)
    typer.echo(f"{base.name} at {base.revision} (sha256 {base.sha256[:12]}) is ready")


@base_app.command("check")
def base_check(
    recipe: Annotated[str, typer.Argument(help="A recipe's name, or a path to its YAML.")],
) -> None:
    """Whether a recipe can be trained on this machine; if not, what is missing."""
    from fitsense_assets.lib.student.train import check_recipe

    check_recipe(recipe)
    typer.echo(f"{recipe} can be trained here")
