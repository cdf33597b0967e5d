"""The live panel: microphone, gate, what live mode costs in time, recording, sending."""
