"""Likely pairs of a city: found within bounds among many, kept up with what changes, never those said to be two."""

import random
import time

import pytest
from django.core.management import call_command
from django.utils import timezone

from lgnet.people import names
from lgnet.people.duplicates import different_from, find_duplicates, say_different
from lgnet.people.matching import Identity
from lgnet.people.models import NameKey, Person, PersonPair
from lgnet.people.records import add_contact_point, add_identifier
from lgnet.people.services import PersonDetails, update_person
from tests.people.doubles import join, register
from tests.people.test_matching import _of_invented, _registered_again

FIELDS = (
    "given_names",
    "family_names",
    "nickname",
    "birth_date",
    "birth_precision",
    "age_band",
    "gender",
    "citizenship",
)


def load(partner, identities: list[Identity]) -> list[Person]:
    """Persons with their keys, many at once."""
    rows = [Person(partner=partner, **{name: getattr(one, name) for name in FIELDS}) for one in identities]
    Person.objects.bulk_create(rows)
    NameKey.objects.bulk_create(
        NameKey(person=row, partner=partner, key=key)
        for row in rows
        for key in names.search_keys(row.given_names, row.family_names, row.nickname)
    )
    return rows


def test_who_is_registered_twice_is_found_among_many(partner):
    rng = random.Random(11)
    people = [_of_invented(rng) for _number in range(1500)]
    again = rng.sample(range(1500), 200)
    rows = load(partner, people + [_registered_again(rng, people[number]) for number in again])
    same = {frozenset((rows[number].pk, rows[1500 + at].pk)) for at, number in enumerate(again)}
    started = time.process_time()
    find_duplicates(partner)
    taken = time.process_time() - started
    found = {frozenset(ids) for ids in PersonPair.objects.values_list("one_id", "other_id")}
    assert len(found & same) / len(same) >= 0.85
    assert len(found & same) / len(found) >= 0.97
    assert taken < 20
    assert find_duplicates(partner) == 0  # nobody is new


def test_it_keeps_up_with_what_changes(desk_operator, partner, other_partner):
    one = register(desk_operator, partner)
    other = register(desk_operator, partner, given_names="Bianca", birth_date=None)
    find_duplicates(partner)
    assert not PersonPair.objects.exists()
    add_identifier(by=desk_operator, person=one, kind="cui", value="AB1234")
    add_identifier(by=desk_operator, person=other, kind="cui", value="ab 1234")
    find_duplicates(partner)
    assert PersonPair.objects.get().reasons[0] == "same_identifier"
    other.identifiers.all().delete()
    details = PersonDetails(given_names="Bianca", family_names="Altrove")
    update_person(by=desk_operator, person=other, details=details)
    find_duplicates(partner)
    assert not PersonPair.objects.exists()
    update_person(
        by=desk_operator, person=other, details=PersonDetails(given_names="Amina", family_names="Doppiavista")
    )
    for person in (one, other):
        add_contact_point(by=desk_operator, person=person, kind="phone", value="3201112223", safe="yes")
    call_command("find_duplicates", partner=partner.slug)
    assert PersonPair.objects.get().status == "open"


def test_said_to_be_different_stays_so_and_who_was_joined_is_not_proposed(desk_operator, partner):
    people = [register(desk_operator, partner, given_names=name) for name in ("Amina", "Amena", "Ameena")]
    find_duplicates(partner)
    assert PersonPair.objects.count() == 3
    say_different(by=desk_operator, one=people[1], other=people[0])
    join(desk_operator, people[0], people[2])
    Person.objects.update(updated_at=timezone.now())
    find_duplicates(partner)
    assert different_from(people[0]) == {people[1].pk}
    assert set(PersonPair.objects.filter(one__merged_into=None, other__merged_into=None).values_list("status")) == {
        ("different",)
    }


def test_two_cities_are_never_compared(desk_operator, partner, other_partner, make_user):
    register(desk_operator, partner)
    register(make_user("desk_operator", other_partner), other_partner)
    call_command("find_duplicates")
    assert not PersonPair.objects.exists()


@pytest.mark.django_db
def test_a_city_that_is_not_there():
    with pytest.raises(Exception, match="no partner"):
        call_command("find_duplicates", partner="nowhere")
