"""Plumbing without domain: base model, ids, periods, tables, exports, components."""
