"""Pictures: checked by decoding, stored as they came, copied small for display."""

import hashlib
import threading
import warnings
from dataclasses import dataclass, field
from io import BytesIO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

from generation import file_ends
from providers.errors import InvalidImage

MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
TYPES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}
DAMAGED = "The provider sent a damaged picture."
# The display copies, largest first: a picture's field, the end of the name, the longer side in px.
COPIES = (("medium_key", "m", 1280), ("thumbnail_key", "t", 480), ("small_key", "s", 240))
MARK = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    'syntax-ns#"><rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/'
    '2008-02-29/"><Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/'
    "{source}</Iptc4xmpExt:DigitalSourceType></rdf:Description></rdf:RDF></x:xmpmeta>"
)
# IPTC's words for what a trained model drew, and for what a plain algorithm drew.
TRAINED, PAINTED = "trainedAlgorithmicMedia", "algorithmicMedia"
# A decoded picture takes up to 160 MB; without a bound, 64 worker threads would take 10 GB.
decoding = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """Bytes that decode whole as one frame, and what they are."""

    content: bytes = field(repr=False)
    content_type: str
    extension: str
    width: int
    height: int
    cut: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """Where a checked picture belongs, and its facts."""

    key: str
    sha256: str
    content_type: str
    width: int
    height: int
    byte_size: int


def check(content: bytes) -> CheckedPicture:
    """The picture in these bytes, or InvalidImage with a sentence that says what is wrong."""
    if not content:
        raise InvalidImage("The provider sent an empty file instead of a picture.")
    if len(content) > MAX_BYTES:
        raise InvalidImage("The provider sent a picture larger than 20 MB.")
    with decoding:
        image_format, size = decode(content)
    content_type, extension = TYPES[image_format]
    end = file_ends.end_of(content, image_format)
    if end > len(content):  # Pillow forgives a missing end
        raise InvalidImage(DAMAGED, detail="the end is missing")
    return CheckedPicture(content[:end], content_type, extension, *size, cut=len(content) - end)


def decode(content: bytes) -> tuple[str, tuple[int, int]]:
    """Format and size of a picture that decodes whole. The size is checked before decoding."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of bombs at a size of its own
            image = Image.open(BytesIO(content), formats=tuple(TYPES))
            if image.width * image.height > MAX_PIXELS:
                raise InvalidImage("The provider sent a picture of more than 40 megapixels.")
            if getattr(image, "n_frames", 1) != 1:
                raise InvalidImage("The provider sent an animation instead of a picture.")
            image.load()
    except UnidentifiedImageError as problem:
        raise InvalidImage(detail="not a PNG, JPEG or WebP") from problem
    except Image.DecompressionBombError as problem:
        raise InvalidImage("The provider sent a picture of more than 40 megapixels.") from problem
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as problem:
        raise InvalidImage(DAMAGED, detail=type(problem).__name__) from problem
    return str(image.format), image.size


def place(picture: CheckedPicture, job: UUID, result: UUID, epoch: int) -> StoredPicture:
    """The key names job, result, epoch and content, so that no writer overwrites another."""
    sha256 = picture.sha256
    return StoredPicture(
        key=f"{job}/{result}/{epoch}-{sha256}.{picture.extension}",
        sha256=sha256,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        byte_size=len(picture.content),
    )


def store(key: str, content: bytes) -> None:
    """Write an object under exactly this key. One that is already there is the same object."""
    saved = default_storage.save(key, ContentFile(content))
    if saved != key:  # another writer was faster; what it wrote has the same hash in its name
        default_storage.delete(saved)


def holds(key: str, sha256: str) -> bool:
    """Whether the object exists with this content."""
    if not key or not default_storage.exists(key):
        return False
    with default_storage.open(key) as stored:
        return hashlib.sha256(stored.read()).hexdigest() == sha256


def copy_keys(key: str) -> dict[str, str]:
    """Where the display copies of an original belong, by the picture's field."""
    stem = key.rsplit(".", 1)[0]
    return {name: f"{stem}-{end}.webp" for name, end, _ in COPIES}


def display_copies(key: str, source: str = TRAINED) -> dict[str, str]:
    """Make WebP copies of a stored original, marked with who drew it; returns `copy_keys`."""
    with default_storage.open(key) as stored, decoding:
        original = Image.open(BytesIO(stored.read()), formats=tuple(TYPES))
        image = original.convert("RGBA" if original.has_transparency_data else "RGB")
    keys = copy_keys(key)
    for name, _, side in COPIES:
        # Averaging whole pixels first halves the work, and is not seen in a copy of this size.
        image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=1.0)
        store(keys[name], webp(image, source))
    return keys


def webp(image: Image.Image, source: str) -> bytes:
    """A stripped WebP, marked as made by a machine."""
    out = BytesIO()
    image.save(out, "WEBP", quality=82, method=2, xmp=MARK.format(source=source).encode())
    return out.getvalue()
