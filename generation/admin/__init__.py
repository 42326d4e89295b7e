"""The operator's desk."""

from generation.admin import content, jobs, limits, login, models, money

__all__ = ["content", "jobs", "limits", "login", "models", "money"]
