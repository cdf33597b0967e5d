"""What several engines share: weights on disk, features of sound, the training corpus."""
