"""The presenter panel: the clip's pictures under the sound clock."""
