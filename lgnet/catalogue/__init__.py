"""Sites, zones, teams, service types and code lists."""
