"""Synchronisation of the street app: devices, the log of operations, the kinds of operation, what the phone may hold."""
