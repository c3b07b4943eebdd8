"""Plans that are hedged against failures and delays."""
