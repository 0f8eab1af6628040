"""The screen in a real browser, on a platform that runs."""
