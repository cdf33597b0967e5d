"""The photoreal presenter: sound to mouth to facial map to picture to clip."""
