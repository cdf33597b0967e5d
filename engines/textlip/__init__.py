"""Lips straight from text: ParaLip and its autoregressive rivals."""
