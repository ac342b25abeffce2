"""The one kind of error that is the user's to mend; the command line shows it without a traceback."""


class UserError(ValueError):
    """Something the user named cannot be used; the message says what, where and what to do."""
