"""What the checks of this folder measure texts with. Standard library only."""

import math
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
    """All pairs (jaccard, i, j) with Jaccard similarity of at least `at_least` that share a run, most alike first.

    Two sets that are alike share one of their rarest runs, so only those are looked up: the common ones are in every
    other text, and comparing by them would compare nearly all with all.
    """
    frequency = Counter(run for runs in run_sets for run in runs)
    holders, pairs = defaultdict(list), []
    for second, runs in enumerate(run_sets):
        rarest = sorted(runs, key=lambda run: (frequency[run], run))
        telling = rarest[: len(runs) - max(1, math.ceil(at_least * len(runs) - 1e-9)) + 1]
        for first in {index for run in telling for index in holders[run]}:
            both = len(run_sets[first] & runs)
            jaccard = both / (len(run_sets[first]) + len(runs) - both)
            if jaccard >= at_least:
                pairs.append((jaccard, first, second))
        for run in telling:
            holders[run].append(second)
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


def like_worded_pairs(texts, at_least):
    """All pairs (cosine, i, j) of texts whose words, weighted by how rare they are, are this alike, most alike first.

    It finds two texts on one subject that share no run of words. Words of more than one text in fifty are left out.
    """
    found = [set(words(text)) for text in texts]
    frequency = Counter(word for part in found for word in part)
    weight = {word: math.log(len(texts) / count) for word, count in frequency.items() if 50 * count <= len(texts)}
    holders, products = defaultdict(list), Counter()
    for second, part in enumerate(found):
        known = sorted(part & weight.keys())
        length = math.sqrt(sum(weight[word] ** 2 for word in known))
        for word in known:
            value = weight[word] / length
            for first, other in holders[word]:
                products[first, second] += value * other
            holders[word].append((second, value))
    pairs = [(cosine, *pair) for pair, cosine in products.items() if cosine >= at_least]
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


class Report:
    """Prints figures and remembers which promises are broken."""

    def __init__(self):
        self.broken = []

    def promise(self, holds, what):
        print(f"  {'ok    ' if holds else 'BROKEN'} {what}")
        if not holds:
            self.broken.append(what)
