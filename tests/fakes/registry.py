"""Every provider there is a fake of."""

from tests.fakes import openai_compatible
from tests.fakes.base import FakeProvider
from tests.fakes.bedrock import Bedrock
from tests.fakes.bfl import BlackForestLabs
from tests.fakes.files import Files
from tests.fakes.gemini import Gemini
from tests.fakes.imagen import Imagen
from tests.fakes.openai import OpenAI
from tests.fakes.recraft import Recraft
from tests.fakes.stability import Stability

EXAMPLES = (
    ("openai", None, "gpt-image-2.5-flare", "Fake GPT Image"),
    ("google-gemini", None, "gemini-nano-banana-2.1", "Fake Nano Banana"),
    ("google-imagen", None, "imagen-4.0-generate-001", "Fake Imagen"),
    ("bedrock", None, "stability.sd3-5-large-v1:0", "Fake Bedrock"),
    ("stability", None, "stable-image-core", "Fake Stable Image Core"),
    ("bfl", None, "flux-2-pro", "Fake FLUX"),
    ("recraft", None, "recraftv4_1", "Fake Recraft"),
    ("openai-compatible", "plain", "fake-plain", "Fake plain"),
    ("openai-compatible", "url", "fake-url", "Fake URL"),
    ("openai-compatible", "data-url", "fake-data-url", "Fake data URL"),
)
"""Kind, flavour, model id and display name: one of each kind that draws."""

KINDS = (OpenAI, Gemini, Imagen, Bedrock, Stability, BlackForestLabs, Recraft)


def all_providers(root: str, files: Files) -> list[FakeProvider]:
    accounts: list[FakeProvider] = [provider(root, files) for provider in KINDS]
    return [*accounts, *openai_compatible.all_flavours(root, files)]
