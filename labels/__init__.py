"""What a label means: the taxonomy, the labelled sentences, how they are read, split and audited.

Knows nothing of models or of experiment tracking.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
"""Where the project's own taxonomy and sentences lie."""
