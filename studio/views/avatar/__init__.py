"""The avatar panel: the blendshape head, drawn live at the sound clock."""
