"""The operator's desk for the language models that enhance prompts."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from providers.audit import Audited
from providers.labels import Labelled
from providers.models import ChatModel


@admin.register(ChatModel)
class ChatModelAdmin(Labelled[ChatModel], Audited[ChatModel]):
    nothing_yet = _(
        "The built-in enhancer answers. Add a language model of an account for better prompts."
    )
    list_display = ("model_id", "provider", "position", "enabled")
    list_editable = ("position", "enabled")
    list_select_related = ("provider",)
    fields = ("provider", "model_id", "position", "enabled")
