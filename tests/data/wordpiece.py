"""BERT's way from text to word pieces, in lower case without accents. Standard library only.

Slow, and enough to count with; `tests/reference/minilm.py` holds the tokenizer of the engine to transformers' own.
"""

import unicodedata

MAX_CHARACTERS = 100  # a longer word is unknown as a whole
CHINESE = (  # as BERT counts them
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


def words_of(text):
    """The words that pieces are looked for in; `text` may be any stretch between two spaces."""
    text = unicodedata.normalize("NFD", text).lower()
    word = []
    for character in text:
        category = unicodedata.category(character)
        if category == "Mn" or (category[0] == "C" and character not in "\t\n\r"):
            continue
        alone = stands_alone(character)
        if character.isspace() or alone:
            if word:
                yield "".join(word)
            word = []
            if alone:
                yield character
        else:
            word.append(character)
    if word:
        yield "".join(word)


def stands_alone(character):
    """Punctuation, and the characters of Chinese."""
    if character.isascii():
        return character.isprintable() and not (character.isalnum() or character == " ")
    return unicodedata.category(character)[0] == "P" or is_chinese(ord(character))


def is_chinese(point):
    return any(first <= point <= last for first, last in CHINESE)


def pieces_of(word, vocabulary):
    """The longest pieces from the left, none where some part of the word is in no piece."""
    if len(word) > MAX_CHARACTERS:
        return []
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if prefix + word[start:end] in vocabulary:
                break
        else:
            return []
        pieces.append(prefix + word[start:end])
        start = end
    return pieces
