"""The codec panel: speech sent at a few kilobits per second, seen and heard against the original, and rated blind."""
