"""Synchronisation of the street app: devices, the log of operations, the kinds, what a phone may hold."""
