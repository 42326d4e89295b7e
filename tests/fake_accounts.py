"""One account of every kind with the fake providers, as MODEL_i_* variables."""

from providers.catalogue import load
from providers.models import ImageModel
from tests.fakes import FakeProviders

# kind, flavour, model id: one model for each protocol that is spoken
MODELS = (
    ("openai", None, "gpt-image-2.5-flare"),
    ("google-gemini", None, "gemini-nano-banana-2.1"),
    ("google-imagen", None, "imagen-4.0-generate-001"),
    ("bedrock", None, "stability.sd3-5-large-v1:0"),
    ("bedrock", None, "stability.stable-image-core-v1:1"),
    ("bedrock", None, "amazon.nova-canvas-v1:0"),
    ("stability", None, "sd3.5-large"),
    ("stability", None, "stable-image-core"),
    ("bfl", None, "flux-2-pro"),
    ("bfl", None, "flux-dev"),
    ("recraft", None, "recraftv4_1"),
    ("recraft", None, "recraftv3"),
    ("openai-compatible", "plain", "local-model"),
    ("openai-compatible", "url", "local-model"),
    ("openai-compatible", "together", "black-forest-labs/FLUX.1-schnell"),
    ("openai-compatible", "xai", "grok-imagine-image"),
    ("openai-compatible", "vllm-omni", "Qwen/Qwen-Image"),
    ("openai-compatible", "localai", "stablediffusion"),
)


def variables(fakes: FakeProviders) -> dict[str, str]:
    """The environment of an installation that has them all."""
    env = {"MODEL_COUNT": str(len(MODELS)), "ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
    for index, (kind, flavour, model_id) in enumerate(MODELS, start=1):
        env |= {
            f"MODEL_{index}_NAME": f"{index} {kind} {flavour or model_id}",
            f"MODEL_{index}_PROVIDER": kind,
            f"MODEL_{index}_ID": model_id,
            f"MODEL_{index}_KEY": fakes.key(kind, flavour),
            f"MODEL_{index}_BASE_URL": fakes.base_url(kind, flavour),
        }
    return env


def set_flavours() -> None:
    """What an operator sets in the admin for servers that are not known by their host."""
    for model in ImageModel.objects.filter(slot__isnull=False).select_related("provider"):
        kind, flavour, _model_id = MODELS[(model.slot or 1) - 1]
        if kind == "openai-compatible" and flavour in load().families:
            model.provider.options = {"flavour": flavour}
            model.provider.save()
