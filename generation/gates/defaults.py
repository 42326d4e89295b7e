"""The terms and phrases of a new installation. Operators edit theirs in the admin.

They stop what no public image service should be asked for and leave ordinary words alone, as the
providers have filters of their own.
"""

TERMS: dict[str, tuple[str, ...]] = {
    "minors": (
        "child nudity", "child porn*", "child sex", "jailbait", "kiddie porn*", "kiddy porn*",
        "loli", "lolicon", "paedo", "paedophil*", "pedo", "pedophil*", "preteen nude",
        "sexualised child*", "sexualized child*", "sexy boy", "sexy child*", "sexy kid",
        "sexy kids", "sexy little girl*", "sexy minor*", "sexy preteen*", "sexy schoolgirl*",
        "sexy teen*", "sexy toddler*", "shotacon", "toddlercon", "underage girl*", "underage sex*",
    ),
    "sexual": (
        "ahegao", "anal", "anus", "bare breasted", "bare breasts", "bestiality", "blow job*",
        "blowjob*", "boobs", "bukkake", "buttplug*", "clitoris", "cocksuck*", "cum shot*",
        "cumshot*", "cunnilingus", "cunt", "cunts", "deepthroat*", "dick pic*", "dildo*",
        "ejaculat*", "erotic", "erotica", "fellatio", "fuck*", "fuk", "futanari", "gang bang*",
        "gangbang*", "genitalia", "genitals", "hand job*", "handjob*", "hentai", "incest*",
        "labia", "masturbat*", "milf", "milfs", "molested", "molester*", "molesting",
        "motherfuck*", "naked", "nakedness", "necrophil*", "nsfw", "nude", "nudes", "nudity",
        "orgasm*", "orgies", "orgy", "penis", "penises", "phuck*", "porn", "porno", "pornograph*",
        "pornos", "pornstar*", "pron", "pussies", "pussy", "rape", "raped", "rapes", "raping",
        "rapist*", "rimjob*", "scrotum", "semen", "sex", "sexual act*", "sexual intercourse",
        "slut", "sluts", "sodomy", "tits", "titties", "topless", "undress her", "undress him",
        "upskirt*", "vagina*", "vulva", "whore", "whores", "x-rated", "xxx rated", "zoophil*",
    ),
    "gore": (
        "behead", "beheaded", "beheading*", "decapitat*", "disembowel*", "dismember*",
        "eviscerat*", "exposed intestines", "flayed alive", "gore", "guro", "human entrails",
        "mutilat*", "severed head*", "severed limb*", "skinned alive", "snuff film*",
        "snuff movie*", "spilling intestines",
    ),
    "hate": (
        "beaner", "beaners", "chink", "chinks", "death to jews", "death to muslims", "faggot*",
        "gas the jews", "gook", "gooks", "heil hitler", "jungle bunny", "kike", "kikes",
        "kill all blacks", "kill all gays", "kill all jews", "kill all muslims", "kill all women",
        "nigga", "niggas", "nigger*", "porch monkey*", "race traitor*", "raghead*", "sand nigger*",
        "sieg heil", "spic", "spics", "towelhead*", "trannies", "tranny", "untermensch*",
        "wetback*", "zipperhead*",
    ),
    "self_harm": (
        "commit suicide", "committing suicide", "cutting wrists", "hanging herself",
        "hanging himself", "kill yourself", "slit wrist*", "slitting wrist*", "suicide method*",
    ),
}  # fmt: skip

PHRASES: tuple[str, ...] = (
    # two words that a mark without a space may join
    "an us", "pen is",
    # sexual words that are parts of harmless names and things
    "anal fin", "anal fins", "anal retentive*", "annus", "bearded tits", "blue tits", "coal tits",
    "cocktail sex on the beach", "crested tits", "fair sex", "flock of great tits",
    "great tits feeding", "great tits nest*", "great tits perch*", "long tailed tits",
    "marsh tits", "naked ambition", "naked barley", "naked bike", "naked bikes", "naked branches",
    "naked bulb*", "naked cake*", "naked chef", "naked eye*", "naked flame*", "naked gun",
    "naked juice", "naked light bulb*", "naked mole rat*", "naked motorcycle", "naked motorcycles",
    "naked neck chicken*", "naked oat*", "naked tree*", "naked truth", "nude ballet flat*",
    "nude balm*", "nude blouse*", "nude blush", "nude coat*", "nude color*", "nude colour*",
    "nude descending a staircase", "nude dress", "nude dresses", "nude eye shadow",
    "nude eyeshadow*", "nude fabric*", "nude foundation", "nude heel*", "nude leather*",
    "nude lip", "nude lip gloss*", "nude lips", "nude lipstick*", "nude make up", "nude makeup",
    "nude manicure*", "nude matte lipstick*", "nude mice", "nude mouse", "nude nail*",
    "nude palette*", "nude pink lipstick*", "nude pump", "nude pumps", "nude sandal*",
    "nude shade*", "nude shoe*", "nude stockings", "nude tights", "nude tone", "nude tones",
    "opposite sex", "orgy of color*", "orgy of colour*", "orgy of flowers", "orgy of light",
    "penis envy", "pussy cat*", "pussy galore", "pussy riot", "pussy willow*", "same sex",
    "sex and the city", "sex chromosome*", "sex education", "sex lies and videotape",
    "sex on the beach cocktail*", "sex pistols", "shade of nude", "shades of nude", "single sex",
    "topless bus*", "topless tour bus*", "topless tower*", "willow tits",
    # rape the plant, the old word for abduction, and grated food
    "carottes rapees", "coco râpé", "fromage râpé", "gruyère râpé", "oilseed rape",
    "parmesan râpé", "rape blossom*", "rape field*", "rape flower*", "rape of europa",
    "rape of proserpina", "rape of the lock", "rape of the sabine*", "rape oil", "rape seed*",
    "rapee", "rapees",
    # gore the fabric, people and places called so
    "al gore", "christopher gore", "frank gore", "gore range", "gore skirt*", "gore tex",
    "gore verbinski", "gore vidal", "goree", "kensington gore", "lesley gore", "new zealand gore",
    "tipper gore",
    # painted scenes and works
    "beheading of john", "beheading of saint john", "beheading of st john", "judith beheading",
    "medusa's severed head", "severed head of medusa",
    # slurs that are parts of other things
    "chink in her armo*", "chink in his armo*", "chink in the armo*", "chink in the curtain*",
    "chink in the door*", "chink in the fence", "chink in the wall*", "chink of light",
    "chinks in the armo*", "chinks in the curtain*", "chinks in the fence", "chinks in the wall*",
    "chinks of light", "faggots and peas", "spic and span", "spic n span",
)  # fmt: skip
