"""From a finding to why it is so and what to type."""
