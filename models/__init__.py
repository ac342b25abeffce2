"""What learns: baseline, transformer, thresholds and calibration, saving and loading.

Knows nothing of where data lies, of experiment runs or of the file formats of issues.
"""
