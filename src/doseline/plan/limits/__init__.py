"""What limits a planned week apart from supply: staff, chairs, beds, licences, waste, conveyances, quotas."""
