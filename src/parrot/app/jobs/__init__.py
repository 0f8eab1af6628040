"""Long work beside the platform: back-tests in processes of their own, user code behind fences."""
