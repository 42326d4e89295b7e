"""The operator's desk."""

from generation.admin import accounts, audit, content, jobs, limits, login, models, money

__all__ = ["accounts", "audit", "content", "jobs", "limits", "login", "models", "money"]
