"""Append-only log of writes and of reads of personal files."""
