"""The curve editor: chosen shapes over the waveform, with keys that bend them."""
