"""Approvals: what one person asks for and another has to agree to, kept so that it survives a restart."""
