"""Plans for tests: a case, a plan with actions, signatures drawn on a screen."""

import base64
from io import BytesIO

from django.utils import timezone
from PIL import Image, ImageDraw

from lgnet.cases import services
from lgnet.cases.plan_signing import Signed, Signing
from lgnet.cases.plan_writing import ActionDraft, GoalDraft


def sent(content, kind="png"):
    """A picture as the page sends it."""
    return f"data:image/{kind};base64," + base64.b64encode(content).decode()


def drawn(color="black"):
    """A signature: a line across a white field."""
    picture = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(picture).line([(40, 150), (200, 40), (360, 160), (560, 60)], fill=color, width=4)
    target = BytesIO()
    picture.save(target, "PNG")
    return sent(target.getvalue())


def write(case, by, *actions, area="work", words="A job", **goal):
    """A draft with one goal and these actions."""
    return services.save_plan(by=by, case=case, goals=[GoalDraft(area, words, actions=actions, **goal)])


def sign(plan, by, language="fr", signing=None, **how):
    """Sign a plan today."""
    return services.sign_plan(
        by=by, plan=plan, signed_on=timezone.localdate(), language=language, signing=signing, **how
    )  # fmt: skip


def in_force(case, by, *actions):
    """A plan signed today with one goal and these actions; the actions."""
    plan = sign(write(case, by, *actions), by)
    return plan, list(plan.goals.get().actions.all())


def an_action(words="Ask for a course", **action):
    return ActionDraft(words, **action)


def both_drawn(**more):
    """Drawn by the person and the operator."""
    return Signing("drawn", [Signed("person", drawn=drawn()), Signed("operator", drawn=drawn("navy"))], **more)
