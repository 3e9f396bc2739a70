"""LGNet: the open platform of the network of municipalities for migrants in vulnerable conditions."""
