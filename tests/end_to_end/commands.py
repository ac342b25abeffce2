"""All commands of the command line, by the words that call them."""

import typer


def commands(app):
    """Each command with its name, those of a group after the group; the whole line has no name."""
    root = typer.main.get_command(app)
    for name, command in root.commands.items():
        yield name, command
        for inner, below in getattr(command, "commands", {}).items():
            yield f"{name} {inner}", below
