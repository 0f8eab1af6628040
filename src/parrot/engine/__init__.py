"""Python face of the compiled core, and the values that go into it."""
