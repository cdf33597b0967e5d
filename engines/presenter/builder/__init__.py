"""Makes a presenter from a person's own footage: consent, check, points, pictures, training, one sealed folder."""
