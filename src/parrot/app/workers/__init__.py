"""The programs of jobs: nobody imports them, the runner starts them by name."""
