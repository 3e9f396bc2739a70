"""What a street report is about: cities, unit, days, and for who reads the contacts there a zone and an hour."""

from dataclasses import dataclass, fields
from datetime import date

from lgnet.catalogue import reporting
from lgnet.catalogue.models import Team, Zone
from lgnet.catalogue.reporting import Reach
from lgnet.network.models import Partner


@dataclass(frozen=True)
class Selection(reporting.Selection):
    """What was chosen for the street report."""

    zone: Zone | None = None
    hour: int | None = None


def select(
    reach: Reach, *, partner: Partner | None, first: date, last: date, team: Team | None = None,
    zone: Zone | None = None, hour: int | None = None,
) -> Selection:  # fmt: skip
    """What is reported on these choices: zone and hour only where the contacts are read one by one."""
    base = reporting.select(reach, partner=partner, first=first, last=last, team=team)
    chosen = {field.name: getattr(base, field.name) for field in fields(base)}
    if base.is_exact:
        chosen |= {"zone": zone, "hour": hour if base.partner else None}
    return Selection(**chosen)
