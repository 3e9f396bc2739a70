"""Imports from a city's own spreadsheet: one engine, to which every app declares what can be imported."""
