"""Where lines come from. A new source is a module here and a branch in `app.wiring`."""
