"""One-stop shops: arrivals and reception."""
