"""Exports of lists leave a trace."""

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission


def log_export(user: User, object_type: str, permission: Permission, count: int) -> None:
    """Log that `count` rows of a list were exported, in the log of every partner they may come from."""
    for partner_id in access_of(user).partner_ids(permission):
        audit.note_read(
            by=user, action=AuditEntry.Action.EXPORT, object_type=object_type, object_id=None, partner_id=partner_id,
            detail={"rows": count},
        )  # fmt: skip
