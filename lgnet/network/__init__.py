"""Project, partners, users, memberships, roles and permissions."""
