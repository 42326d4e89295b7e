"""The words a demo painter knows: what they look like and what they make it draw."""

from collections.abc import Mapping

MOODS: Mapping[str, str] = {
    "night": "night nights midnight nocturnal dark moonlit moonlight starry evening noir shadow",
    "sunset": "sunset sunsets dusk dawn sunrise twilight horizon romantic",
    "ocean": "ocean oceans sea seas underwater coral water lake river aquatic wave waves marine",
    "forest": "forest forests wood woods jungle moss trees tree leaf leaves nature",
    "fire": "fire fiery flame flames lava volcano dragon burning phoenix hell rage ember",
    "gold": "gold golden honey royal treasure luxury palace temple king queen crown sun sunny",
    "snow": "snow snowy winter ice icy frozen frost arctic glacier cold polar",
    "blossom": "spring blossom blossoms cherry sakura rose roses flower flowers love petal peony "
    "garden meadow bouquet",
    "desert": "desert dune dunes sand sandy sahara canyon egypt camel savanna western",
    "neon": "neon cyberpunk futuristic synthwave hologram laser arcade robot robots cyber disco",
    "autumn": "autumn autumnal fall harvest pumpkin rustic october maple",
    "storm": "storm stormy rain rainy thunder lightning fog foggy misty mist cloudy gloomy",
    "dream": "dream dreamy dreaming lavender magic magical fairy wizard unicorn mystical surreal",
    "tropical": "tropical summer beach palm island parrot paradise jungle vacation lemon fruit",
    "candy": "candy pastel cute kawaii sweet cake icecream baby toy playful bubblegum kitten",
    "space": "space rocket spaceship mars galaxy cosmic cosmos nebula astronaut planet planets "
    "universe alien stars orbit",
    "retro": "retro vintage old antique classic poster steampunk jazz nostalgic car train",
    "coffee": "coffee cafe chocolate cocoa latte espresso cozy bread leather cabin cup",
}

# Five colours from dark to light, then two accents.
RAMPS: Mapping[str, str] = {
    "night": "0b1030 1c2c66 3f52a8 8fa0e0 e9edff f7d77c ef7f9b",
    "sunset": "2b1145 7d1f63 dc455e fb9350 ffe09a ff6f7d 4fb8bf",
    "ocean": "06263d 0b5270 1b8fa3 73cbc4 e6f6ea ff7d5c f8d46c",
    "forest": "0d261b 1e4d31 4c8045 a9bf6d f3eecb e5683a f4c550",
    "fire": "200a12 701226 cb2f1e f98222 ffdc6b 2f9fb5 fff0c4",
    "gold": "2b1a0c 70481a b98026 e9b94f fcedc6 c8473f 1f6f87",
    "snow": "1b2b47 456592 8db1d4 c9deed f8fbfd e0503f f3c777",
    "blossom": "3b1c3f 8e3d70 e4789f f9b9c6 fff1ec 66ab80 f5ca5f",
    "desert": "3c1c1c 913f27 d37d42 eeb979 fcedcd 2b8488 b8336a",
    "neon": "0d0624 3b0f6b a51a9e ff529f 9af4ff 00dcf5 ffe35c",
    "autumn": "2b120e 7d2d16 c7561a eb9d3a f9e2aa 3e7150 93203a",
    "storm": "121a22 2e3f50 5a758a 9db5c3 e7edec f5b63e 3f8fb0",
    "dream": "1e173b 4d3a8b 9275cd cbb3ee f9eefa ffb48c 78d0c8",
    "tropical": "07313c 0b7c74 2fc193 fbcb74 fff2c2 ff5f78 7a55d3",
    "candy": "54447a a678b8 f39fb9 ffd2b4 fff7e6 67c3d6 ffcd52",
    "space": "080714 1f1548 4f2c8c aa64c6 f6d6f2 ffb64a 5dd0ea",
    "retro": "2a2a35 6e4b4c cb684a e6b66b f5eacb 2c7d7b dc4e3d",
    "coffee": "1f120e 4d2d1e 8e5d3b cca070 f5e6d1 c8442f 5b8b82",
}

HUES: Mapping[str, str] = {
    "25": "red crimson scarlet ruby cherry blood",
    "55": "orange amber copper tangerine rust",
    "75": "brown bronze caramel",
    "95": "yellow lemon mustard",
    "125": "lime chartreuse olive",
    "150": "green emerald jade",
    "190": "teal turquoise cyan aqua mint",
    "255": "blue azure cobalt indigo sapphire navy",
    "305": "purple violet magenta plum lilac amethyst",
    "355": "pink fuchsia salmon",
}
PALE = frozenset(["white", "silver", "ivory", "pearl", "marble"])
SOMBRE = frozenset(["black", "grey", "gray", "charcoal", "monochrome"])
DARK = frozenset(["night", "neon", "space", "fire"])

MOTIFS: Mapping[str, str] = {
    "mountain": "mountain mountains hill hills peak peaks alps valley cliff volcano canyon everest",
    "water": "sea ocean lake river water beach coast wave waves island underwater boat ship fish "
    "whale harbour harbor bay pond waterfall surf sailing lighthouse swimming venice",
    "city": "city cities street skyline skyscraper skyscrapers tokyo york london paris downtown "
    "cyberpunk urban town building buildings architecture market village metropolis",
    "forest": "forest forests wood woods tree trees jungle pine pines park taiga cabin bear deer",
    "sun": "sun sunny sunset sunrise dawn summer desert day morning",
    "moon": "moon moonlit moonlight night midnight owl wolf werewolf crescent",
    "stars": "star stars starry night galaxy space cosmos universe sky constellation astronaut",
    "rain": "rain rainy storm stormy thunder umbrella monsoon drizzle",
    "snow": "snow snowy winter blizzard frost christmas arctic skiing ice",
    "flower": "flower flowers rose roses tulip blossom blossoms garden meadow bouquet lotus "
    "sakura daisy sunflower sunflowers spring cherry petal petals bloom",
    "fire": "fire flame flames lava volcano campfire burning dragon phoenix",
    "desert": "desert dune dunes sand sahara camel cactus pyramid pyramids",
}

SUBJECTS: Mapping[str, str] = {
    "cat": "cat cats kitten kitty tiger lion panther leopard",
    "fox": "fox foxes dog dogs puppy wolf wolves corgi",
    "bird": "bird birds eagle raven crow swallow parrot phoenix dove gull hummingbird dragon",
    "owl": "owl owls penguin",
    "rabbit": "rabbit rabbits bunny hare",
    "bear": "bear bears panda",
    "fish": "fish fishes goldfish koi salmon shark coral aquarium",
    "whale": "whale whales dolphin orca",
    "horse": "horse horses pony unicorn stallion deer",
    "butterfly": "butterfly butterflies moth fairy",
    "boat": "boat boats ship ships sail sailing sailboat pirate yacht",
    "lighthouse": "lighthouse beacon",
    "house": "house houses home cabin cottage hut village barn",
    "castle": "castle castles palace fortress kingdom",
    "rocket": "rocket rockets spaceship spacecraft starship",
    "balloon": "balloon balloons airship",
    "robot": "robot robots android cyborg mech",
    "person": "astronaut man woman girl boy person portrait warrior wizard samurai knight princess "
    "king queen child dancer monk hero witch",
    "cup": "coffee tea cup mug latte cafe espresso cocoa",
    "tree": "tree oak bonsai willow",
}


def inverted(table: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """The table read from the other side: from a word to all it stands for, in order."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in table.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), name)
    return found


MOOD_OF = inverted(MOODS)
HUE_OF = inverted(HUES)
MOTIF_OF = inverted(MOTIFS)
SUBJECT_OF = inverted(SUBJECTS)
