"""All stories of causes that a log can tell; `stories_unit` has those that only the machine can."""

from tests.cause import stories_context, stories_rest, stories_server

STORIES = (*stories_server.STORIES, *stories_context.STORIES, *stories_rest.STORIES)
