"""The desktop agent: follows a daemon's stream of alerts and shows them in the session it runs in."""
