"""The one own card of a demo that any visitor may try: its code and PIN are shown on the page, in demos only."""

CODE, PIN = "PAGENA37", "246810"
