"""Phones and prosody become facial motion: the rule-based animator, and the teacher of the networks."""
