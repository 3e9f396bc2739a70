"""The public site: where to find help, in the eight languages. No sign-in, no cookie, no models."""
