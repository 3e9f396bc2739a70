"""Who may see a person, and whose file is open (DESIGN 4.6)."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lgnet.catalogue.selectors import team_ids_of
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import FileMember, FileOpening, Person


@dataclass(frozen=True)
class FileAccess:
    """How a user stands to the file of one person now: in its team, in a part of it only (ADR 24), may read it."""

    in_team: bool
    in_part: bool
    is_open: bool

    @property
    def is_whole(self) -> bool:
        """Whether the user may read the file, and not only the part that belongs to her or his part of the case."""
        return self.is_open and not self.in_part


def access_to_file(user: User, person: Person) -> FileAccess:
    """How the user stands to the file of this person: what the conditions below say of rows, asked once for one.

    One query; a second one for who is not in the team, which looks for an opening with a reason.
    """
    places = list(_places(user).filter(person=person).values_list("user_id", "for_part"))
    is_open = person.partner_id in access_of(user).partner_ids(Permission.VIEW_PEOPLE) and (
        bool(places) or (not person.restricted and _has_opened(user, person))
    )
    return FileAccess(bool(places), any(part and who == user.pk for who, part in places), is_open)


def _has_opened(user: User, person: Person) -> bool:
    return FileOpening.objects.filter(person=person, user_id=user.pk, ends_at__gt=timezone.now()).exists()


def in_team_of_file(user: User) -> Exists:
    """For a queryset of persons: the user, or a team of the user, is among those the file is open for."""
    return Exists(_places(user).filter(person=OuterRef("pk")))


def _places(user: User) -> QuerySet[FileMember]:
    """What opens files for the user now."""
    return FileMember.objects.filter(
        Q(user_id=user.pk) | Q(team_id__in=team_ids_of(user)), Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now())
    )


def opened_by(user: User) -> Exists:
    """For a queryset of persons: the user has opened the file with a reason, and it is still open."""
    return Exists(FileOpening.objects.filter(person=OuterRef("pk"), user_id=user.pk, ends_at__gt=timezone.now()))


def person_is_open_for(user: User) -> Exists:
    """For a queryset of records with a `person`: the user may read the file of that person now."""
    open_now = Q(in_team_of_file(user)) | Q(opened_by(user), restricted=False)
    partners = access_of(user).partner_ids(Permission.VIEW_PEOPLE)
    return Exists(Person.objects.filter(open_now, pk=OuterRef("person_id"), partner__in=partners))


def in_part_of_file(user: User) -> Exists:
    """For a queryset of persons: the user works on a part of the person's case and reads no more than that (ADR 24).

    Whatever else opens the file: who has a part has a part.
    """
    return Exists(_places(user).filter(person=OuterRef("pk"), user_id=user.pk, for_part=True))


def has_part_of_file(user: User, person: Person) -> bool:
    """Whether the user works on a part of the person's case and reads no more of the file than that."""
    return _places(user).filter(person=person, user_id=user.pk, for_part=True).exists()


def person_is_whole_for(user: User) -> Q:
    """For a queryset of records with a `person`: the user may read the whole file of that person now."""
    parts = _places(user).filter(user_id=user.pk, for_part=True).values("person")
    return Q(person_is_open_for(user)) & ~Q(person_id__in=parts)


def not_hidden_from(user: User) -> Q:
    """For a queryset of records with a `person`: those not about a restricted file of others (DESIGN 4.6).

    Few files are restricted, so they are looked up once and not for every record.
    """
    hidden = Person.objects.filter(~Q(in_team_of_file(user)), restricted=True).values("pk")
    return Q(person_id__isnull=True) | ~Q(person_id__in=hidden)


def logged_not_hidden_from(user: User) -> Q:
    """The same for rows of the log, which keep the id of a file that was joined with another: as that one is hidden."""
    hidden = Person.objects.filter(~Q(in_team_of_file(user)), restricted=True, merged_into__isnull=True).values("pk")
    joined = Person.objects.filter(merged_into__in=hidden).values("pk")
    return Q(person_id__isnull=True) | ~(Q(person_id__in=hidden) | Q(person_id__in=joined))


def is_hidden_from(user: User, person: Person) -> bool:
    """Whether the file is restricted and the user is not in its team: she or he must not know that it exists."""
    return person.restricted and not is_in_team_of_file(user, person)


def is_in_team_of_file(user: User, person: Person) -> bool:
    """Whether the user, or a team of the user, is among those the file is open for."""
    return _places(user).filter(person=person).exists()


def may_see_exists(user: User) -> Q:
    """For a queryset of persons: those of the user's partners, restricted files only when in the team."""
    own = Person.objects.filter(in_team_of_file(user), restricted=True).values("pk")
    return Q(partner__in=access_of(user).partner_ids(Permission.VIEW_PEOPLE)) & (Q(restricted=False) | Q(pk__in=own))


def file_is_whole_for(user: User, person: Person) -> bool:
    """Whether the user may read the file now, and not only the part that belongs to her or his part of the case."""
    return access_to_file(user, person).is_whole


def file_is_open_for(user: User, person: Person) -> bool:
    """Whether the user may read the file now: in its team, or within an opening for which a reason was stated."""
    if person.partner_id not in access_of(user).partner_ids(Permission.VIEW_PEOPLE):
        return False
    return access_to_file(user, person).is_open
