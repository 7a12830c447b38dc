"""What strangers wrote, made harmless for a terminal: it can neither command it nor turn the reading direction."""


def harmless(text: str) -> str:
    """The text with every character that is not simply shown written as an escape; line ends stay."""
    return "".join(one if one.isprintable() or one == "\n" else ascii(one)[1:-1] for one in text)
