"""Numbers, times and foreign words as people read them."""


def clean(text: object) -> str:
    """Return `text` without control characters: a log may name a model anything."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(text))


def layers(facts: dict[str, object]) -> str:
    """Return "37/37 layers rocm", as far as it is known."""
    done, total, library = facts["layers_offloaded"], facts["layers_total"], facts["library"]
    count = f"{done}/{total} layers" if done is not None else ""
    return " ".join(str(part) for part in (count, library) if part)
