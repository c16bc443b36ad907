"""What the checks of this folder measure texts with. Standard library only."""

import re
from collections import Counter, defaultdict


def words(text):
    """Lower-cased words; an apostrophe inside a word belongs to it (isn't)."""
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)*", text.lower())


def opening(text):
    return " ".join(words(text)[:3])


def word_runs(text, length):
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def similar_pairs(run_sets, at_least=0.0):
    """All pairs (jaccard, i, j) with Jaccard similarity of at least `at_least` that share a run, most alike first."""
    members = defaultdict(list)
    for index, runs in enumerate(run_sets):
        for run in runs:
            members[run].append(index)
    shared = Counter()
    for indices in members.values():
        for position, first in enumerate(indices):
            for second in indices[position + 1 :]:
                shared[first, second] += 1
    pairs = []
    for (first, second), both in shared.items():
        jaccard = both / (len(run_sets[first]) + len(run_sets[second]) - both)
        if jaccard >= at_least:
            pairs.append((jaccard, first, second))
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


class Report:
    """Prints figures and remembers which promises are broken."""

    def __init__(self):
        self.broken = []

    def promise(self, holds, what):
        print(f"  {'ok    ' if holds else 'BROKEN'} {what}")
        if not holds:
            self.broken.append(what)
