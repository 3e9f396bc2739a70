"""Pages of persons, of what is recorded about them, and of access to their files."""
