"""Parts of pages about teams, for pages of the network below."""
