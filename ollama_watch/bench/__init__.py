"""What llama-bench measured, and the rules that follow from it."""
