# ruff: noqa: RUF001 - that they look alike is the point
"""Characters that look like Latin letters or digits but decompose into none.

What Unicode itself decomposes (full-width, mathematical, circled, accented letters) needs no row.
"""

from collections.abc import Iterator


def pairs(latin: str, others: str) -> Iterator[tuple[str, str]]:
    return zip(others.split(), latin.split(), strict=True)


def alphabet(first: int) -> Iterator[tuple[str, str]]:
    """A block that holds A to Z in order."""
    return ((chr(first + place), chr(ord("a") + place)) for place in range(26))


ALIKE: dict[str, str] = {
    # Cyrillic. The last five only imitate a shape, as toy Russian does. The letter that looks like
    # r has no row: it would make the Russian word for horns an English one.
    **dict(
        pairs(
            "a b e e h o p c t y x k m s i i j d q w h l v e z n n r u w",
            "а в е ё н о р с т у х к м ѕ і ї ј ԁ ԛ ԝ һ ӏ ѵ є ӡ п и я ц ш",
        )
    ),
    # Greek. Some capitals do not look like their small letters.
    **dict(
        pairs(
            "a b e i k n o p t u v x y w u c h n m p b y x z",
            "α β ε ι κ η ο ρ τ υ ν χ γ ω μ ϲ Η Ν Μ Ρ Β Υ Χ Ζ",
        )
    ),
    **dict(pairs("u n o h j q g", "ս ո օ հ յ զ ց")),  # Armenian
    **dict(
        pairs(  # Cherokee
            "a e d p s r t i l m z c k h j b g v w y", "Ꭺ Ꭼ Ꭰ Ꮲ Ꮪ Ꮢ Ꭲ Ꮖ Ꮮ Ꮇ Ꮓ Ꮯ Ꮶ Ꮋ Ꭻ Ᏼ Ꮐ Ꮩ Ꮃ Ꭹ"
        )
    ),
    **dict(  # Latin letters with strokes and hooks, small capitals, turned letters
        pairs(
            "o l d h t i a g i e e d p n n n n d s l k p c g b d q t y z i u o v",
            "ø ł đ ħ ŧ ı ɑ ɡ ɩ ɛ ə ð þ ƞ ŋ ɲ ɳ ɖ ʂ ƚ ƙ ƥ ƈ ɠ ɓ ɗ ʠ ƭ ƴ ȥ ɨ ʉ ɵ ʋ",
        )
    ),
    **dict(
        pairs(
            "a b c d e f g h i j k l m n o p r s t u v w y z",
            "ᴀ ʙ ᴄ ᴅ ᴇ ꜰ ɢ ʜ ɪ ᴊ ᴋ ʟ ᴍ ɴ ᴏ ᴘ ʀ ꜱ ᴛ ᴜ ᴠ ᴡ ʏ ᴢ",
        )
    ),
    **dict(pairs("a e r h m y t ae oe", "ɐ ǝ ɹ ɥ ɯ ʎ ʇ æ œ")),
    **dict(pairs("3 c 1 y 5 x ! |", "€ ¢ £ ¥ § × ¡ ¦")),
    **dict(alphabet(0x1F150)),  # white letters in black circles
    **dict(alphabet(0x1F170)),  # and in black squares
    **dict(alphabet(0x1F1E6)),  # the halves of flags
}

# Letters and symbols to Unicode that show as nothing.
UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")
