"""Errors that people can read."""


class DomainError(Exception):
    """A rule of the work was broken; `message` is translated and says what to do.

    `field` names the form field the message belongs to, or is None for the whole form.
    """

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field
