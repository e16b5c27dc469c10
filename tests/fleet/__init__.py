"""A fleet of simulated machines, scraped by a real Prometheus: `make fleet HOSTS=200`."""
