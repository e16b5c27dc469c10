"""The command `python -m tests.mutants`: say which alterations of shipped rules no case notices."""

import sys

from ollama_watch.app.workshop import open_workshop
from tests.mutants.hunt import alike, survivors
from tests.mutants.mutate import mutants


def main() -> int:
    workshop = open_workshop(None)
    rows, unnoticed = [], 0
    for rule in workshop.rules:
        made = list(mutants(rule))
        left = [one for one in survivors(workshop, rule) if one.name not in alike(rule)]
        same = sum(one.name in alike(rule) for one in made)
        cases = sum(case.rule == rule.id for case in workshop.cases)
        rows.append(
            f"{rule.id:32} {cases:3} cases  {len(made):3} mutants  {same:2} alike  {len(left):2} unnoticed"
        )
        rows += [f"    {one.name}" for one in left]
        unnoticed += len(left)
    print("\n".join(rows))  # noqa: T201  # a command
    return int(unnoticed > 0)


if __name__ == "__main__":
    sys.exit(main())
