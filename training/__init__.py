"""How a model comes to be: fit, evaluate, compare, promote, figures, MLflow.

Knows nothing of how an issue is read.
"""
