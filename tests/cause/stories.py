"""All stories of causes that a log can tell; `test_stories_unit` has those that only the machine can."""

from tests.cause import stories_context, stories_loads, stories_rest, stories_server, stories_slots

_PARTS = (stories_server, stories_context, stories_slots, stories_rest, stories_loads)
STORIES = tuple(story for part in _PARTS for story in part.STORIES)
