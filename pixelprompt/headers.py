"""What browsers may not do for any page of ours, besides what Django's own middleware says."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

UNUSED = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
POLICY = ", ".join(f"{feature}=()" for feature in UNUSED)


class PermissionsPolicy:
    """No page uses a device or takes money, so none may ask to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        answer["Permissions-Policy"] = POLICY
        return answer
