"""Pages of referrals and cases."""
