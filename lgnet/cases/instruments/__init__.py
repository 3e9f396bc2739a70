"""Assessment instruments: questions as versioned data, filled in sheets that belong to a case."""
