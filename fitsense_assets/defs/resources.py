"""What assets are given: the lake and the settings of this installation."""

import dagster as dg

from fitsense_assets.lib.lake import Lake
from fitsense_training.settings import Settings, load_settings


class Home(dg.ConfigurableResource):  # pyright: ignore[reportMissingTypeArgument]
    """This installation: its settings, and its lake."""

    @property
    def settings(self) -> Settings:
        """The settings, read from the environment of the process that runs the asset."""
        return load_settings()

    @property
    def lake(self) -> Lake:
        """The lake all assets read and write."""
        return Lake(self.settings.lake_root)
