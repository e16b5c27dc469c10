"""What a setting became on its way to the runner: one module a setting."""
