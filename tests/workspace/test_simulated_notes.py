"""Notes in the demo: of the team, of the psychologist, for everybody; and a body that works on a part."""

from lgnet.cases.models import CaseNote
from lgnet.cases.services import open_case
from lgnet.network.models import Membership
from lgnet.network.roles import Profile, Role
from lgnet.workspace.simulated_notes import Notes
from tests.conftest import team_of


def test_notes_and_a_part_are_in_the_demo(partner, person, case_worker, make_user):
    psychologist = make_user(Role.CASE_WORKER, partner, profile=Profile.PSYCHOLOGIST)
    body = make_user(Role.CASE_WORKER, partner, team=None)
    Membership.objects.filter(user=body).update(employer="Cooperativa Prova")
    team = team_of(partner, "multidisciplinary")
    case = open_case(
        by=case_worker, person=person, team=team, manager=case_worker, basis="desk", members=[psychologist]
    )
    told = Notes(seed=1)
    for _turn in range(30):
        told.write(case)
    assert set(CaseNote.objects.values_list("visibility", flat=True)) == {"team", "health", "city"}
    assert set(CaseNote.objects.filter(visibility="health").values_list("author", flat=True)) == {psychologist.pk}
    assert case.members.get(user=body, ends_at=None).areas == ["language", "work"]
