"""The operator's desk."""

from generation.admin import audit, content, jobs, limits, login, models, money

__all__ = ["audit", "content", "jobs", "limits", "login", "models", "money"]
