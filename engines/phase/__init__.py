"""Phase for magnitude spectrograms: classical projections, the GAN of Oyamada et al. 2018 and a compact network."""
