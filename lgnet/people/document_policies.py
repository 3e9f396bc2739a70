"""Who may read which document: first the file has to be open, then the class of the document says for whom."""

from django.db.models import Exists, OuterRef, Q

from lgnet.network.access import access_of, can
from lgnet.network.models import User
from lgnet.network.roles import Permission, Profile
from lgnet.people.document_models import Document
from lgnet.people.models import Person
from lgnet.people.policies import FileAccess, in_team_of_file, person_is_open_for, person_is_whole_for

# Professions bound by the secret under which a document is kept.
BOUND = {
    Document.Access.HEALTH: frozenset({Profile.PSYCHOLOGIST, Profile.NURSE}),
    Document.Access.LEGAL: frozenset({Profile.LEGAL_OPERATOR}),
}


ALL, NONE = ~Q(pk__in=()), Q(pk__in=())


def readable_by(user: User) -> Q:
    """For a queryset of documents: those the user may read now.

    Of an open file: what is for everybody who has it open, and what the user stored. In the team of the file: what is
    for the team, and what is under the secret of the user's profession at that partner. Who works on a part of the case
    reads what she or he stored.
    """
    in_team = Q(Exists(Person.objects.filter(in_team_of_file(user), pk=OuterRef("person_id"))))
    return _readable(user, Q(person_is_open_for(user)), person_is_whole_for(user), in_team)


def readable_in(user: User, file: FileAccess) -> Q:
    """The same for the documents of one person, to whose file the user stands as `file` says."""
    return _readable(user, *(ALL if one else NONE for one in (file.is_open, file.is_whole, file.in_team)))


def _readable(user: User, is_open: Q, is_whole: Q, in_team: Q) -> Q:
    for_team = Q(access=Document.Access.TEAM)
    for access, profiles in BOUND.items():
        partners = [grant.partner_id for grant in access_of(user).grants if grant.profile in profiles]
        for_team |= Q(access=access, partner__in=partners)
    of_file = Q(access=Document.Access.CITY) | (for_team & in_team)
    return (is_open & Q(stored_by=user.pk)) | (is_whole & of_file)


def keeps_documents(user: User, document: Document) -> bool:
    """Whether the user, who may read the document, may also replace it, correct it and have it destroyed."""
    return can(user, Permission.REGISTER_PERSON, partner=document.partner_id)
