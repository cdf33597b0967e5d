"""The tuning panel: layers over what the model put out."""
