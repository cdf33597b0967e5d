"""The timeline panel and the time axis that waveform and spectrogram share with it."""
