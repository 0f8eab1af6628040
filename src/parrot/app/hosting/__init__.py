"""Strategies in processes of their own: fed, fenced, watched, rebuilt from what they were given, and played again."""
