"""Mobile units: street contacts."""
