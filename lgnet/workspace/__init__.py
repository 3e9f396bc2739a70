"""Staff home, search, person page, partner pages: what needs several apps at once."""
