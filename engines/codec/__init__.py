"""BPGAN: speech as a searched, quantised latent at 0.5 to 4 kbit/s, in a file that survives damage."""
