"""One module per file format, each turning a file's bytes into issues.

Every reader is `read(data, name) -> list[Issue]`; those of files of rows give row after row of a stream instead.
A reader knows nothing of paths: it says what is wrong, and `predict.reading` says in which file.
"""


class ContentError(ValueError):
    """What is wrong with a file's content and how to mend it, without the file's name."""
