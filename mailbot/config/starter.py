"""The categories and rules that are shipped, for helpdesks that bring none of their own."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from mailbot.config.sections import CategorySection, RuleSection


@cache
def starter_categories() -> tuple[CategorySection, ...]:
    """The categories of a helpdesk that configures none."""
    return tuple(CategorySection.model_validate(table) for table in _shipped()["categories"])


@cache
def starter_rules() -> tuple[RuleSection, ...]:
    """The rules that find these categories, in their order."""
    return tuple(RuleSection.model_validate(table) for table in _shipped()["rules"])


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(resources.files("mailbot").joinpath("starter_rules.toml").read_text(encoding="utf-8"))
