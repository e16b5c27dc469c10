"""What tests share: waiting for conditions, and finding the real servers."""
