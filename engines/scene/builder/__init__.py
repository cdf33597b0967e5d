"""Builds the presenter's head offline from released CC0 parts: run `python -m engines.scene.builder --out FOLDER`."""
