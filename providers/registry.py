"""Which adapter speaks to which kind of provider. One line each."""

from collections.abc import Mapping

from providers.adapters.bedrock import Bedrock
from providers.adapters.bfl import BlackForestLabs
from providers.adapters.demo import Demo
from providers.adapters.google_gemini import Gemini
from providers.adapters.google_imagen import Imagen
from providers.adapters.openai import OpenAI
from providers.adapters.openai_compatible import OpenAICompatible
from providers.adapters.recraft import Recraft
from providers.adapters.stability import Stability
from providers.base import Adapter
from providers.errors import gettext_noop

ADAPTERS: Mapping[str, type[Adapter]] = {
    adapter.kind: adapter
    for adapter in (
        Demo,
        OpenAI,
        Gemini,
        Imagen,
        Bedrock,
        Stability,
        BlackForestLabs,
        Recraft,
        OpenAICompatible,
    )
}

LABELS: Mapping[str, str] = {
    "demo": gettext_noop("Demo"),
    "openai": "OpenAI",
    "google-gemini": "Google Gemini",
    "google-imagen": "Google Imagen",
    "bedrock": "AWS Bedrock",
    "stability": "Stability AI",
    "bfl": "Black Forest Labs",
    "recraft": "Recraft",
    "openai-compatible": gettext_noop("OpenAI-compatible server"),
}
