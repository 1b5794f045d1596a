"""The configuration: one TOML file, overridden by secret files, systemd credentials and the environment."""

from mailbot.config.initial import render_initial
from mailbot.config.loading import DEFAULT_PATH, defaults, find_file, load, loads
from mailbot.config.settings import ALWAYS, Settings

__all__ = ["ALWAYS", "DEFAULT_PATH", "Settings", "defaults", "find_file", "load", "loads", "render_initial"]
