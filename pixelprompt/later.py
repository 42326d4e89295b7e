"""Addresses whose code is imported when one of them is asked for, so that a start need not wait."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLResolver
from django.urls.resolvers import RoutePattern
from django.utils.module_loading import import_string


def view(name: str) -> Callable[..., HttpResponseBase]:
    """The view of this dotted name."""

    def imported(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        answer: HttpResponseBase = import_string(name)(request, **arguments)
        return answer

    return imported


class Addresses(URLResolver):
    """The addresses of a module, below a path of their own and in a namespace of their own."""

    def __init__(self, route: str, module: str, namespace: str) -> None:
        pattern = RoutePattern(route, is_endpoint=False)
        super().__init__(pattern, module, app_name=namespace, namespace=namespace)

    def _populate(self) -> None:
        """Not when the first page names an address: Django's would import the module then. In a
        namespace, names are looked up by a resolver that Django makes for it."""
