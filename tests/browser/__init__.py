"""Real Chromium against a served instance."""
