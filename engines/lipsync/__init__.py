"""Sound to mouth: the adversarial TCN of the news-anchor paper and its rivals."""
