"""What a wrong word may have meant, and what there is instead."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection

_LONGEST = 80
_MOST_COMPARED = 60
_MOST_LISTED = 40


def near(word: str, known: Collection[str]) -> str | None:
    """The known word that may have been meant, in whatever case; a very long one was not.

    Of very many, only those are compared that a dictionary has around it: a thousand wrong words among a thousand cost no more
    than a few do.
    """
    if len(word) > _LONGEST:
        return None
    if word in known:
        return word
    folded = {one.casefold(): one for one in sorted(known)}
    word = word.casefold()
    near_by = list(folded)
    if len(near_by) > _MOST_COMPARED and word not in folded:
        near_by.sort()
        place = bisect_left(near_by, word)
        near_by = near_by[max(0, place - _MOST_COMPARED // 2) : place + _MOST_COMPARED // 2]
    if word in folded:
        return folded[word]
    if not near_by:
        return None
    from difflib import get_close_matches

    found = get_close_matches(word, near_by, 1)
    return folded[found[0]] if found else None


def listed(known: Collection[str]) -> str:
    """The known words in their order, of very many the first."""
    ordered = sorted(known)
    more = len(ordered) - _MOST_LISTED
    return ", ".join(ordered[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
