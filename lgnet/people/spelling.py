"""How names are written: from any script to Latin letters, and from spellings to sounds.

Three steps, each one losing more: `to_latin` keeps what was written, `fold` merges spellings that are read alike in
French, English, Italian, Spanish or German transliteration (Ousmane, Usman), `code` keeps the consonants only (Arabic
script writes no others). Names that differ more than that and are still one name are listed in `_VARIANTS`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LONGEST_TOKEN = 30  # letters that count; longer words are cut, so that two of them fit in a key


def _pairs(table: str) -> dict[str, str]:
    return {key: "" if value == "-" else value for key, value in (item.split("=") for item in table.split())}


_ARABIC = _pairs(
    "ا=a ب=b ت=t ث=th ج=j ح=h خ=kh د=d ذ=dh ر=r ز=z س=s ش=sh ص=s ض=d ط=t ظ=z ع=a غ=gh ف=f ق=q ك=k ل=l م=m ن=n ه=h "
    "و=w ي=y ى=a ة=a ء=- ٱ=a پ=p چ=ch ژ=zh گ=g ک=k ی=y ٹ=t ڈ=d ڑ=r ں=n ے=e ہ=h ھ=h ۃ=a ە=a ې=e ۍ=i ټ=t ډ=d ړ=r ښ=sh "
    "ځ=z څ=ts ڤ=v ڭ=g ۆ=o ڵ=l ڕ=r ـ=-"
)
_CYRILLIC = _pairs(
    "а=a б=b в=v г=h ґ=g д=d е=e є=ie ж=zh з=z и=y і=i  к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch "
    "ш=sh щ=shch ь=- ю=iu я=ia ъ=- ы=y э=e ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ѕ=dz ә=a ө=o ү=u ұ=u қ=q ғ=g "
    "ң=n һ=h"
)
_BENGALI = _pairs(
    "ক=k খ=kh গ=g ঘ=gh ঙ=ng চ=ch ছ=ch জ=j ঝ=jh ঞ=n ট=t ঠ=th ড=d ঢ=dh ণ=n ত=t থ=th দ=d ধ=dh ন=n প=p ফ=f ব=b ভ=bh ম=m "
    "য=j র=r ল=l শ=sh ষ=sh স=s হ=h ৎ=t ং=ng ঃ=- ঁ=- অ=o আ=a ই=i ঈ=i উ=u ঊ=u ঋ=ri এ=e ঐ=oi ও=o ঔ=ou া=a ি=i ী=i ু=u ূ=u "
    "ৃ=ri ে=e ৈ=oi ো=o ৌ=ou ্=-"
)
_GREEK = _pairs(
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"
)
_GEORGIAN = _pairs(
    "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=zh რ=r ს=s ტ=t უ=u ფ=p ქ=k ღ=gh ყ=q შ=sh ჩ=ch ც=ts "
    "ძ=dz წ=ts ჭ=ch ხ=kh ჯ=j ჰ=h"
)
_LATIN = _pairs("ø=o ł=l đ=d æ=ae œ=oe ı=i ə=e ħ=h þ=th ð=d ŋ=ng ɓ=b ɗ=d ɛ=e ɔ=o ɲ=ny ƙ=k ƴ=y ʻ=- ʼ=- ʾ=- ʿ=- ʹ=- ʺ=-")
_LETTERS: Final = str.maketrans(_ARABIC | _CYRILLIC | _BENGALI | _GREEK | _GEORGIAN | _LATIN)
# Bengali letters of more than one character: a dot below makes another letter, two signs make one vowel.
_DOTTED = (
    ("\u09af\u09bc", "y"), ("\u09a1\u09bc", "r"), ("\u09a2\u09bc", "r"),
    ("\u09c7\u09be", "o"), ("\u09c7\u09d7", "ou"),
)  # fmt: skip
_NAMED_SCRIPTS = ("ETHIOPIC SYLLABLE", "DEVANAGARI", "GURMUKHI", "GUJARATI", "TAMIL")  # Unicode names them by sound
_APOSTROPHES = re.compile("['’‘`´ʹʼ′\u02bb-\u02bf]")
_ARTICLE = re.compile(r"\bال(?=\w{2})")


def to_latin(text: str) -> str:
    """Return lower-case words of a-z and digits, one space apart; scripts without letters (Chinese) stay as they are.

    Marks, emoji, control and direction characters and punctuation are left out; an apostrophe joins, a hyphen parts.
    """
    if text.isascii():
        return _words(text.lower())
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())  # ornate capitals unfold late
    for written, read in _DOTTED:
        text = text.replace(written, read)
    text = _APOSTROPHES.sub("", _ARTICLE.sub("ال ", text)).translate(_LETTERS)
    if not text.isascii():
        text = "".join(map(_plain, text))
    return _words(text)


def _words(text: str) -> str:
    return " ".join(_NOT_WORD.sub(" ", text.replace("'", "").replace("`", "").replace("\0", "")).split())


_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    """The letter itself, its sound when its Unicode name tells it, or nothing for a mark and an invisible character."""
    if letter.isascii():
        return letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    name = unicodedata.name(letter, "")
    if name.startswith(_NAMED_SCRIPTS) and ("LETTER" in name or "VOWEL SIGN" in name or "SYLLABLE" in name):
        return name.rsplit(" ", 1)[-1].lower()
    if letter.isspace():
        return " "
    category = unicodedata.category(letter)
    if category[0] in "MC":
        return ""
    return letter if category[0] in "LN" else " "


# Longest first: the first alternative that fits is taken.
_SOUNDS: Final = {
    "shch": "s", "tsch": "s", "dzh": "j", "sch": "s", "tch": "s", "tsh": "s", "ch": "s", "sh": "s", "cz": "s",
    "sz": "s", "ts": "s", "tz": "s", "zh": "j", "dj": "j", "gj": "j", "jh": "j", "dz": "s", "kh": "k", "gh": "g",
    "ph": "f", "bh": "b", "dh": "d", "th": "t", "rh": "r", "ck": "k", "qu": "k", "gn": "n", "ou": "o", "oo": "o",
    "ee": "i", "ie": "i", "ei": "i", "ai": "a", "ay": "a", "ey": "i", "oe": "o", "au": "o", "ow": "o", "aw": "o",
    "c": "k", "q": "k", "z": "s", "v": "f", "w": "o", "u": "o", "y": "i", "e": "i", "x": "ks",
}  # fmt: skip
_SOUND = re.compile(r"sc(?=[eiy])|gu(?=[ei])|g(?=[eiy])|\Adi(?=[aou])|" + "|".join(re.escape(key) for key in _SOUNDS))
_BEFORE_VOWEL: Final = {"sc": "s", "gu": "g", "g": "j", "di": "j"}
_TWICE = re.compile(r"(.)\1+")
_VOWEL_TWICE = re.compile(r"([aio])\1+")


def _sound(found: re.Match[str]) -> str:
    letters = found[0]
    if letters == "c":
        return "s" if found.string[found.end() : found.end() + 1] in ("e", "i", "y") else "k"
    return _BEFORE_VOWEL.get(letters) or _SOUNDS[letters]


@lru_cache(maxsize=65536)
def fold(token: str) -> str:
    """Return the sounds of one Latin word: three vowels (a, i, o), merged consonants, nothing doubled, no h."""
    sounds = _TWICE.sub(r"\1", _SOUND.sub(_sound, _TWICE.sub(r"\1", token[:LONGEST_TOKEN])))
    return _VOWEL_TWICE.sub(r"\1", sounds.replace("h", "")) or token[:LONGEST_TOKEN]


_VOWELS = str.maketrans("", "", "aio")


def _skeleton(sounds: str) -> str:
    bones = sounds.translate(_VOWELS).replace("j", "g")
    if len(bones) < 2:  # too little to tell: the vowels count
        return sounds[:-1] if len(sounds) > 2 and sounds[-1] in "aio" else sounds
    if bones[-1] == "t":
        bones = bones[:-1] + "d"
    return "a" + bones if sounds[0] in "aio" else bones


@lru_cache(maxsize=65536)
def code(token: str) -> str:
    """Return the consonants of one Latin word, after an `a` when it starts with a vowel; one code for listed variants.

    A word with fewer than two consonants keeps its vowels.
    """
    bones = _skeleton(fold(token))
    return _CANONICAL.get(token) or _CANONICAL_CODES.get(bones, bones)


_READ_OTHERWISE = (
    ("ch", "k"), ("j", "y"), ("y", "j"), ("w", "v"), ("th", "s"), ("h", "g"), ("h", "k"), ("kh", "h"), ("g", "h"),
)  # fmt: skip


@lru_cache(maxsize=16384)
def codes(token: str) -> tuple[str, ...]:
    """Return the code of a word, then those of other readings of its letters (Joseph as Yoseph); for queries."""
    found = {code(token): None}
    for written, read in _READ_OTHERWISE:
        if written in token:
            found[code(token.replace(written, read))] = None
    return tuple(found)


# One line, one name. Only what the sounds alone do not bring together.
_VARIANTS: Final = """
mohammed muhammad mohamed mamadou mamadu momodou mahamadou mouhamed muhammet mohd mhd md mehmet mohammadi mouhamadou
ahmed ahmad ahmet amed ahmadou amadou hamad
ousmane osman usman uthman othman ousman usmaan ocman
youssef yusuf yousef youssouf yussuf yosef iosif josef joseph jose giuseppe yousuf
oumar omar umar omer umer oumarou
olena helena elena yelena alena olenka
ibrahim ibrahima ebrahim brahim abraham ibraheem ibrahimu
fatima fatoumata fatou fatma fatimah fatime fatumo fatmata
aissatou aisha aicha ayesha aysha aishatu aissata
khadija kadiatou khadijah kadija khadidja hadija khadijatou kadidiatou
mariam maryam mariama meryem miriam mariyam marieme
alexander oleksandr aleksandr alexandre alessandro aleksander iskander
alexandra oleksandra aleksandra alessandra
mykola nikolai nikolay nicola mikola nikolaj
sergei serhii sergey sergiy serghei serhiy sergio
volodymyr vladimir wolodymyr vladymyr
evgeni yevhen evgeny yevgeny yevhenii evgenii eugenio
anna ganna hanna hana anya
galina halyna galyna halina
igor ihor igori
oleg oleh
bogdan bohdan
dmytro dmitri dmitry dmitriy dmytr
kateryna ekaterina katerina yekaterina caterina
yuliia julia yulia iuliia giulia juliya
iryna irina yrina
yurii juri yuri iurii yury giorgio
mykhailo mikhail mihail michail mykhaylo mihailo mihaylo
grigori hryhorii grigory hryhoriy
tetiana tatiana tatyana tetyana
svitlana svetlana
oksana oxana
andrii andrei andrey andriy
giorgi george georgi heorhii georgy jorge gheorghe
hassan hasan assane alhassane lassana alassane
husein hussein hossain hussain hosen hossein husseini hussien hossen
mustafa moustapha mostafa mustapha moustafa
abubakar aboubacar abubacarr boubacar aboubakar bakary bubacarr
suleiman souleymane sulaiman soliman sulayman solomon sulieman souleiman
ismail ismael smail ishmael ismaila
yaya yahya yahia jahja
isaac ishaq isaq issac ishak
issa isa eisa
musa moussa mousa
dawit david daoud dawud dauda daouda
gebre ghebre gabre
tewelde teuolde tewolde
diallo jallow djalo jalloh dialo diallow
diarra jarra diara jara
ndiaye njie njai ndiay
cisse ceesay sesay sise cessay sissay
toure touray turay ture
traore trawally trawalley
keita kayta queita
sow so saw
ba bah
chowdhury choudhury chaudhry chaudhary choudhry
sheikh cheikh shaikh sheik cheick scheich
begum begom
miah mia miya miyah
rahman rehman rahmane rahmaan
"""
_GROUPS = tuple(line.split() for line in _VARIANTS.split("\n") if line)
group_of: Final = {name: number for number, group in enumerate(_GROUPS) for name in group}
_CANONICAL: Final = {name: _skeleton(fold(group[0])) for group in _GROUPS for name in group}
# A variant that is not listed letter by letter is still recognised by its bones, unless these are too few.
_CANONICAL_CODES: Final = {
    bones: _CANONICAL[name]
    for group in reversed(_GROUPS)
    for name in reversed(group)
    if len(bones := _skeleton(fold(name))) > 2
}
