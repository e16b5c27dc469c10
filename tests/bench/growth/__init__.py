"""How cost grows: CPU and memory against log size, launches, models, alerts, rules and hosts."""
