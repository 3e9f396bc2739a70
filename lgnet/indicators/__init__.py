"""Registry of indicators, their definitions and their computed figures."""
