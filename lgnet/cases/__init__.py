"""Referrals, case files, assessments, plans, services delivered and outcomes."""
