"""From an infusion record to a claim that is right the first time."""
