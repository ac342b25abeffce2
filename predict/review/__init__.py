"""Sentences worth a person's minute: picked from issues, corrected on a local page, kept as labelled sentences."""
