"""Persons, households, eligibility, notices, access to files and the journey."""
