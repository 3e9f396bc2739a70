"""Invented people for the demo and the tests.

Given names are real and spelt as they are; every family name is a plant, a star or a wind, alone or in twos, so that
nobody real is meant and everybody sees it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from lgnet.people.codes import DatePrecision

BORN_BETWEEN: Final = (date(1958, 1, 1), date(2009, 12, 31))


@dataclass(frozen=True)
class InventedPerson:
    """Somebody who does not exist. `gender` is f, m or x; `languages` are ISO 639-1, the first language first."""

    given_names: str
    family_names: str
    nickname: str
    gender: str
    birth_date: date
    birth_precision: str
    citizenship: str
    languages: list[str]


@dataclass(frozen=True)
class _Origin:
    countries: dict[str, tuple[int, str]]  # ISO code: how many of a hundred, languages
    men: str
    women: str
    families: str
    share_of_women: float
    papers_without_day: float  # how many have 1 January on their papers


def _each(text: str) -> list[str]:
    return text.split()


_STARS: Final = _each(
    "Vega Sirio Mizar Alcor Deneb Altair Rigel Antares Bellatrix Capella Polluce Spica Alioth Dubhe "
    "Aldebaran Canopo Fomalhaut Regolo Algol Mira Adhara Castore Arturo Procione Denebola Alphard Markab "
    "Scheat Hamal Achernar"
)

_ORIGINS: Final = (
    _Origin(
        {"SN": (7, "wo fr"), "GM": (4, "en wo"), "ML": (5, "bm fr"), "GN": (3, "ff fr"), "CI": (4, "fr")},
        "Mamadou Ousmane Ibrahima Moussa Cheikh Modou Lamine Amadou Alpha Boubacar Souleymane Abdoulaye Bakary Demba "
        "Seydou Drissa Yaya Aliou Kalilou Ebrima Lassana Sekou Oumar Malick",
        "Fatoumata Aminata Aissatou Mariama Awa Kadiatou Ndeye Khady Binta Oumou Rokhaya Adama Djeneba Ramata",
        "Baobab Karitè Moringa Tamarindo Sorgo Fonio Arachide Ibisco Miglio Acacia Harmattan Igname Neem Palmira",
        0.18, 0.45,
    ),
    _Origin(
        {"MA": (7, "ar fr"), "TN": (5, "ar fr"), "DZ": (2, "ar fr")},
        "Mohammed Youssef Abdelkader Abderrahim Karim Rachid Hicham Mustapha Noureddine Hamza Bilal Khalid Said Aymen "
        "Walid Sofiane Tarek Nabil Mehdi Anis",
        "Fatima Khadija Naima Samira Houda Zineb Amina Karima Latifa Malika Salma Sanaa Hafida Ikram",
        "Argan Gelsomino Scirocco Dattero Zafferano Hennè Cedro Menta Ginepro Oleandro Carrubo Cumino Ulivo Sesamo",
        0.3, 0.1,
    ),
    _Origin(
        {"BD": (11, "bn")},
        "Mohammad Rahim Karim Shahin Sohel Jahangir Monir Rubel Shafiqul Nazrul Habibur Anwar Kamal Jamal Ripon "
        "Mizanur Saiful Delwar Faruk",
        "Nasrin Fatema Rokeya Shirin Salma Rahima Taslima Parvin Shahida Momtaz",
        "Monsone Giuta Loto Mango Bambù Tecla Curcuma Risaia Banano Betulla Garofano Litchi Sandalo Canapa",
        0.15, 0.5,
    ),
    _Origin(
        {"PK": (9, "ur pa"), "AF": (4, "ps fa")},
        "Muhammad Ahmad Imran Asif Usman Bilal Zahid Tariq Shahid Adnan Waqas Naveed Kashif Amir Sajid Rizwan Nasir "
        "Gulzar Farhan Zubair",
        "Ayesha Saima Nadia Rabia Zainab Shazia Farah Sana Bushra Hina",
        "Pistacchio Melograno Albicocco Rosaspina Cipresso Indaco Mandorlo Papavero Garofolo Noce Salice Mirto",
        0.1, 0.4,
    ),
    _Origin(
        {"UA": (9, "uk ru"), "MD": (3, "ro ru")},
        "Oleksandr Serhii Volodymyr Andrii Mykola Vasyl Ihor Dmytro Yurii Oleh Petro Bohdan Taras Ruslan",
        "Olena Oksana Iryna Natalia Svitlana Tetiana Halyna Liudmyla Nadiia Mariia Yuliia Kateryna Valentyna Hanna",
        "Girasolenko Lunenko Betullenko Ventovych Stellenko Mirtillenko Pinovych Grandinko Tiglienko Aprilescu Nevenko "
        "Fragolenko Lampovych Ribesenko",
        0.75, 0.01,
    ),
    _Origin(
        {"NG": (10, "en pcm"), "GH": (4, "en ak"), "CM": (2, "fr en")},
        "Emmanuel Osas Friday Kelvin Godwin Samuel Destiny Lucky Sunday Endurance Kingsley Monday Kofi Kwame Prince",
        "Blessing Joy Gift Precious Faith Favour Mercy Patience Happiness Peace Queen Stella Loveth Gloria Success",
        "Platano Cola Mogano Iroko Cacao Guava Zenzero Ebano Cassava Papaia Ananas Ibiscus Taro Okra",
        0.55, 0.06,
    ),
    _Origin(
        {"ER": (4, "ti"), "ET": (3, "am om")},
        "Tesfay Yonas Dawit Filmon Samuel Berhane Kidane Mehari Abraham Haile Henok Robel Tekle Amanuel",
        "Selam Helen Rahel Semhar Mulu Letebrhan Saba Feven Tsega Almaz Hiwet Freweini",
        "Teff Caffè Enset Ginestra Eufrasia Altopiano Frankincenso Aloecandela Juniperus Cometa Mimosa Mirra",
        0.35, 0.12,
    ),
    _Origin(
        {"SO": (4, "so ar"), "SD": (3, "ar")},
        "Abdirahman Mohamed Ahmed Abdi Hassan Yusuf Osman Farah Ali Mahad Liban Abdullahi Nur Ismail",
        "Hodan Amina Fadumo Sahra Halima Ifrah Asha Maryan Hawa Nimo",
        "Incenso Mirra Tamarisco Dromedaria Corallo Monsonino Aloe Palmadum Balsamo Dracena Agave Gommarabica",
        0.3, 0.55,
    ),
    _Origin(
        {"SY": (2, "ar ku"), "EG": (6, "ar"), "IQ": (2, "ar ku")},
        "Ahmed Mahmoud Mustafa Hossam Khaled Omar Tamer Ibrahim Amr Sherif Hani Bassem Wael Ashraf Fadi",
        "Rania Mona Dina Hala Nour Lina Rasha Amal Samah Hanan",
        "Papiro Loto Sicomoro Gelso Rosadamasco Fico Narciso Sommacco Pistacio Cotone Zàgara Lino",
        0.25, 0.15,
    ),
    _Origin(
        {"PE": (5, "es qu"), "EC": (2, "es"), "BR": (2, "pt")},
        "Juan Carlos Luis Jorge Miguel Ángel Victor Julio César Percy Wilmer Edwin Marco Antonio",
        "María Rosa Carmen Luz Ana Yolanda Juana Milagros Gladys Elizabeth Norma Pilar Flor",
        "Quinoa Cantuta Ceibo Lucuma Totora Araucaria Maracuya Jacaranda Cherimoya Orchidea Camote Tagete",
        0.55, 0.01,
    ),
    _Origin(
        {"AL": (5, "sq"), "GE": (3, "ka ru"), "RO": (2, "ro")},
        "Arben Besnik Gentian Ilir Altin Dritan Giorgi Levan Zurab Davit Irakli Florin Gheorghe Ardit",
        "Mirela Valbona Elona Nino Tamar Nana Ketevan Eka Manana Adriana Mihaela Lindita Ana",
        "Olivaj Querciaj Lunaj Ventidze Uvashvili Stellidze Mirtaj Marashvili Nocciolidze Ottobrescu Ciliegiaj",
        0.5, 0.02,
    ),
    _Origin(
        {"PH": (3, "tl en")},
        "Jomar Rodel Arnel Reynaldo Rommel Noel Danilo Ferdinand",
        "Marites Jocelyn Rowena Analyn Maricel Rosalie Imelda Cristina",
        "Sampaguita Cocco Ylangilang Abaca Calamansi Mangostano Nipa Anahaw",
        0.6, 0.01,
    ),
    _Origin(
        {"LK": (3, "si ta"), "IN": (4, "pa hi")},
        "Nimal Ruwan Kasun Lakshman Harpreet Gurpreet Sandeep Manoj Sunil Ajith",
        "Chandrika Nilanthi Dilani Kumari Manpreet Sunita Kavita Simran",
        "Frangipane Cannella Fiordiloto Calendula Senape Cardamomo Tulsi Sandalo",
        0.4, 0.06,
    ),
    _Origin(
        {"CN": (3, "zh")},
        "Wei Jun Ming Hao Lei Qiang Jianguo Xiaoming",
        "Mei Ling Xiu Yan Fang Lihua Jing Xiaohong",
        "Peonia Fiorpruno Bambugiada Crisantemo Ginkgo Tè Litchi Giada",
        0.5, 0.01,
    ),
)  # fmt: skip

_SHARES: Final = {code: (share, origin) for origin in _ORIGINS for code, (share, _spoken) in origin.countries.items()}
_NICKNAMES: Final = _each("Zio Lungo Dottore Capo Campione Bob Mama Prof Tigre Piccolo Chef Sarto")


def invent_person(rng: random.Random, country: str | None = None) -> InventedPerson:
    """Return somebody who does not exist; the same state of `rng` gives the same person.

    `country` is one of COUNTRIES, or None for the usual mix. Raises KeyError for another country.
    """
    if country is None:
        country = rng.choices(list(_SHARES), [share for share, _origin in _SHARES.values()])[0]
    origin = _SHARES[country][1]
    gender = "x" if rng.random() < 0.004 else "f" if rng.random() < origin.share_of_women else "m"
    born, precision = _invent_birth(rng, origin.papers_without_day)
    return InventedPerson(
        given_names=_invent_given(rng, origin, gender),
        family_names=_invent_family(rng, origin),
        nickname=rng.choice(_NICKNAMES) if rng.random() < 0.1 else "",
        gender=gender,
        birth_date=born,
        birth_precision=precision,
        citizenship=country,
        languages=_invent_languages(rng, origin.countries[country][1]),
    )


COUNTRIES: Final = tuple(_SHARES)


def _invent_given(rng: random.Random, origin: _Origin, gender: str) -> str:
    """One given name or two; the first of the list are the most frequent, as in life."""
    pool = (origin.women if gender == "f" or (gender == "x" and rng.random() < 0.5) else origin.men).split()
    first = pool[min(int(rng.expovariate(3 / len(pool))), len(pool) - 1)]
    second = rng.choice(pool)
    return f"{first} {second}" if rng.random() < 0.2 and second != first else first


def _invent_family(rng: random.Random, origin: _Origin) -> str:
    family = rng.choice(origin.families.split())
    return f"{family} {rng.choice(_STARS)}" if rng.random() < 0.75 else family


def _invent_birth(rng: random.Random, papers_without_day: float) -> tuple[date, str]:
    first, last = BORN_BETWEEN
    days = (last - first).days
    born = first + timedelta(days=int(days * rng.betavariate(3.2, 1.8)))  # most are between 20 and 40
    if rng.random() < papers_without_day:
        return born.replace(month=1, day=1), DatePrecision.YEAR.value
    return born, DatePrecision.DAY.value


def _invent_languages(rng: random.Random, spoken: str) -> list[str]:
    languages = [code for code in spoken.split() if len(code) == 2]
    if rng.random() < 0.4:
        languages.append("it")
    return languages


_STAFF_GIVEN: Final = _each(
    "Chiara Luca Sara Marco Giulia Andrea Elena Paolo Francesca Davide Martina Stefano Valentina Matteo "
    "Anna Simone Federica Lorenzo Silvia Alessio Marta Nicola Irene Tommaso Caterina Pietro Beatrice "
    "Giacomo Teresa Filippo"
)
_STAFF_FAMILY: Final = _each(
    "Cartavelina Segnalibro Girandola Mappamondo Lucciola Sestante Aquilone Tavolozza Cannocchiale "
    "Lanterna Meridiana Scacchiera Calamaio Burattino Clessidra Zattera Ombrello Teleferica Pentagramma "
    "Caleidoscopio Mongolfiera Carillon Periscopio Trottola Salvagente Battiporta Pergolato Funivia "
    "Abbecedario Parapioggia"
)


def invent_staff(rng: random.Random) -> str:
    """Return the full name of an invented Italian colleague, such as "Chiara Mappamondo"."""
    return f"{rng.choice(_STAFF_GIVEN)} {rng.choice(_STAFF_FAMILY)}"


# -- misspelling ------------------------------------------------------------------------------------------------------

_SPELLINGS: Final = (
    ("ou", "u"), ("u", "ou"), ("o", "u"), ("e", "i"), ("i", "y"), ("y", "i"), ("k", "c"), ("c", "k"), ("q", "k"),
    ("kh", "k"), ("h", ""), ("sh", "sc"), ("ch", "sh"), ("ss", "s"), ("mm", "m"), ("ll", "l"), ("tt", "t"), ("dj", "j"),
    ("j", "g"), ("ph", "f"), ("z", "s"), ("w", "v"), ("ii", "i"), ("aa", "a"), ("m", "mm"), ("l", "ll"), ("s", "ss"),
    ("th", "t"), ("a", "e"), ("ie", "e"), ("gh", "g"), ("ei", "ey"), ("iu", "yu"), ("ia", "ya"),
)  # fmt: skip
_NEIGHBOURS: Final = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "mb", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "xa",
}  # fmt: skip


def misspell(rng: random.Random, name: str) -> str:
    """Return the name as somebody else might write it: transliterated otherwise, or with a slip of the finger.

    Three times in four by sound, otherwise by typing; every fourth time twice. A name without letters stays as it is.
    """
    for _time in range(2 if rng.random() < 0.25 else 1):
        change: Callable[[random.Random, str], str] = _by_sound if rng.random() < 0.75 else _by_typing
        name = change(rng, name)
    return name


def _by_sound(rng: random.Random, name: str) -> str:
    lower = name.lower()
    possible = [(old, new, at) for old, new in _SPELLINGS for at in range(len(lower)) if lower.startswith(old, at)]
    if not possible:
        return name
    old, new, at = rng.choice(possible)
    changed = lower[:at] + new + lower[at + len(old) :]
    return changed.title() if changed.strip() else name


def _by_typing(rng: random.Random, name: str) -> str:
    letters = [at for at, sign in enumerate(name) if sign.isalpha()]
    if len(letters) < 4:
        return name
    at = rng.choice(letters[1:-1])  # the first letter is seldom wrong
    match rng.randrange(4):
        case 0:
            changed = name[:at] + name[at + 1 :]
        case 1:
            changed = name[:at] + name[at] + name[at:]
        case 2:
            changed = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        case _:
            changed = name[:at] + rng.choice(_NEIGHBOURS.get(name[at].lower(), name[at])) + name[at + 1 :]
    return changed.title()
