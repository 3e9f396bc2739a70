"""Code lists about persons. Mappings outward (FAMI, registries) belong to the exports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Gender(models.TextChoices):
    """Gender as the person states it (the fund asks for female, male, non-binary: DOMAIN 2.1)."""

    FEMALE = "f", _("woman")
    MALE = "m", _("man")
    NON_BINARY = "x", _("non-binary")
    NOT_STATED = "n", _("not stated")


class AgeBand(models.TextChoices):
    """Apparent or stated age; the first and last borders are those of the fund (under 18, over 60)."""

    CHILD = "0-13", _("child, under 14")
    TEEN = "14-17", _("14 to 17")
    YOUNG = "18-29", _("18 to 29")
    ADULT = "30-44", _("30 to 44")
    MIDDLE = "45-60", _("45 to 60")
    ELDER = "61+", _("over 60")


class DatePrecision(models.TextChoices):
    """How much of a date of birth is sure; papers often say 1 January when only the year is known."""

    DAY = "day", _("day, month and year")
    MONTH = "month", _("only month and year")
    YEAR = "year", _("only the year")


class Literacy(models.TextChoices):
    """Whether the person reads a language."""

    READS = "reads", _("reads")
    LITTLE = "little", _("reads a little")
    NO = "no", _("does not read")


class TitleType(models.TextChoices):
    """Titles to stay (DOMAIN 4, row Permits)."""

    ASYLUM_REQUEST = "asylum_request", _("asylum request")
    REFUGEE = "refugee", _("refugee status")
    SUBSIDIARY = "subsidiary", _("subsidiary protection")
    SPECIAL_PROTECTION = "special_protection", _("special protection")
    SPECIAL_CASES = "special_cases", _("special cases")
    TEMPORARY_PROTECTION = "temporary_protection", _("temporary protection")
    WORK = "work", _("work")
    FAMILY = "family", _("family")
    LONG_TERM = "long_term", _("EU long-term resident")
    MINOR_AGE = "minor_age", _("minor age")
    MEDICAL = "medical", _("medical care")
    STUDY = "study", _("study")
    OTHER = "other", _("other title")
    NONE = "none", _("no title")
    EU_OR_ITALIAN = "eu_or_italian", _("Italian or EU citizen")


class HousingSituation(models.TextChoices):
    """ETHOS, thirteen operational categories in four groups (FEANTSA; DOMAIN 3)."""

    PUBLIC_SPACE = "1", _("1 · sleeps in a public space")
    EMERGENCY = "2", _("2 · night shelter")
    HOMELESS_HOSTEL = "3", _("3 · hostel or temporary accommodation")
    WOMEN_SHELTER = "4", _("4 · women's shelter")
    IMMIGRANT_ACCOMMODATION = "5", _("5 · accommodation for migrants")
    INSTITUTION = "6", _("6 · due to leave an institution")
    LONG_TERM_SUPPORT = "7", _("7 · long-term supported housing")
    INSECURE_TENURE = "8", _("8 · guest or without a contract")
    EVICTION = "9", _("9 · threatened with eviction")
    VIOLENCE = "10", _("10 · threatened by violence")
    NON_CONVENTIONAL = "11", _("11 · non-conventional dwelling")
    UNFIT = "12", _("12 · unfit housing")
    OVERCROWDED = "13", _("13 · extreme overcrowding")
    HOUSED = "0", _("0 · adequate housing")
