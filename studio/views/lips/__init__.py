"""The lips panel: the mouth of what is being typed."""
