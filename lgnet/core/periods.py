"""Days, moments and quarters, in the time of the network (Europe/Rome)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone


def moment_of(day: date) -> datetime:
    """Return when something known only by its day happened: now if it is today, otherwise noon of that day."""
    if day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, time(12)))


# Midnights of Rome that are days 1 to 9999 in universal time too, as Python and both databases need.
FIRST_MIDNIGHT, LAST_MIDNIGHT = date(1, 1, 2), date(9999, 12, 31)


def midnight(day: date, *, days_later: int = 0) -> datetime:
    """The moment at which a day begins, or the one so many days later. Never raises: the nearest that can be stored."""
    wanted = day.toordinal() + days_later
    ordinal = min(max(wanted, FIRST_MIDNIGHT.toordinal()), LAST_MIDNIGHT.toordinal())
    return timezone.make_aware(datetime.combine(date.fromordinal(ordinal), time()))


def at_clock(day: date, clock: time) -> datetime:
    """The moment at which a clock on the wall in Rome shows `clock` on `day`.

    The first of the two where the clock is put back; one hour later where it is put forward over that time. It is in
    universal time: Python compares and subtracts moments of one local zone by what the clock shows, not by what passed.
    """
    return datetime.combine(day, clock, tzinfo=timezone.get_current_timezone()).astimezone(UTC)


def days_later(moment: datetime, days: int) -> datetime:
    """The same time on the wall so many days later, whatever happens to the clock in between."""
    here = timezone.localtime(moment)
    return at_clock(here.date() + timedelta(days=days), here.time())


FIRST_YEAR = 2010  # nothing recorded here can be older: an earlier year is a slip of the finger


def is_too_old(day: date) -> bool:
    """Whether a day (or moment) is so long ago that its year must be mistyped. Not for dates of birth."""
    return day.year < FIRST_YEAR


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, the rhythm of the fund's reports (DOMAIN 2.3)."""

    year: int
    number: int  # 1 to 4

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError("a quarter is numbered 1 to 4")

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter that contains `day`."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read "2026-Q3". Raises ValueError on anything else."""
        year, _, number = text.partition("-Q")
        return cls(int(year), int(number))

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        return timezone.make_aware(datetime.combine(self.first_day, time()))

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return self.next.starts_at

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def quarters_between(first: date, last: date) -> Iterator[Quarter]:
    """Every quarter from the one of `first` to the one of `last`, both included."""
    quarter, end = Quarter.of(first), Quarter.of(last)
    while quarter <= end:
        yield quarter
        quarter = quarter.next
