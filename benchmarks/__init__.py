"""newsdesk and its peers side by side on the same sentences: `make bench`.

Nothing of the project knows of this folder; the peers are an extra that only it installs.
"""
