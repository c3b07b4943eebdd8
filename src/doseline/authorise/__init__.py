"""What a payer asks for before a dose, and whether a patient record holds it."""
