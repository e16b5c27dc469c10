"""Rules, and what a launch is like when it breaks one."""
