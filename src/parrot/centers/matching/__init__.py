"""The paper venue: a living simulated exchange with an account of our own."""
