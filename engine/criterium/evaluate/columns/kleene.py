"""Truths and words in columns: what must hold and what may hold, and words by code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

Bools = Any  # a bool array, or one numpy bool for all
YES, NO = np.True_, np.False_


@dataclass(frozen=True, slots=True)
class Truth:
    """What must hold and what may hold; the same array if nothing is unknown."""

    must: Bools
    may: Bools


@dataclass(frozen=True, slots=True)
class Word:
    """Words by code; -1 is a missing one. `whole` if none is known to be missing."""

    codes: Any
    words: tuple[str, ...]
    whole: bool = False


TRUE, FALSE, UNKNOWN = Truth(YES, YES), Truth(NO, NO), Truth(NO, YES)


def is_certain(truth: Truth) -> bool:
    """Say whether nothing is unknown."""
    return truth.may is truth.must


def both(one: Truth, other: Truth) -> Truth:
    """Return where both hold."""
    if one is TRUE or other is FALSE:
        return other
    if other is TRUE or one is FALSE:
        return one
    must = one.must & other.must
    return Truth(must, must if is_certain(one) and is_certain(other) else one.may & other.may)


def either(one: Truth, other: Truth) -> Truth:
    """Return where at least one holds."""
    if one is FALSE or other is TRUE:
        return other
    if other is FALSE or one is TRUE:
        return one
    must = one.must | other.must
    return Truth(must, must if is_certain(one) and is_certain(other) else one.may | other.may)


def negate(one: Truth) -> Truth:
    """Return where it does not hold."""
    if one is TRUE or one is FALSE:
        return FALSE if one is TRUE else TRUE
    must = ~one.may
    return Truth(must, must if is_certain(one) else ~one.must)


def suppose(truth: Truth, value: str) -> Truth:
    """Return a truth with what is unknown of it taken for `value`; the same object if nothing is unknown."""
    if is_certain(truth):
        return truth
    bound = truth.may if value == "true" else truth.must
    return Truth(bound, bound)


def one_of(value: Word, words: tuple[str, ...]) -> Truth:
    """Return where a word is among words, in capitals or not."""
    wanted = {word.lower() for word in words}
    codes = [at for at, word in enumerate(value.words) if word.lower() in wanted]
    if value.whole and len(codes) in {0, len(value.words)}:
        return TRUE if codes else FALSE
    must = _among(value.codes, codes, len(value.words))
    return Truth(must, must) if value.whole else Truth(must, must | (value.codes < 0))


def _among(codes: Any, wanted: list[int], count: int) -> Any:
    """Return which codes are wanted; few comparisons are faster than a table."""
    if len(wanted) <= 3:
        hits = [codes == code for code in wanted]
        return reduce(np.logical_or, hits) if hits else np.zeros(np.shape(codes), dtype=bool)
    table = np.zeros(count + 1, dtype=bool)
    table[wanted] = True
    return table[codes]


def recoded(values: Sequence[Word]) -> tuple[list[Any], tuple[str, ...]]:
    """Return the codes of all values in one list of words, and that list."""
    if len({value.words for value in values}) == 1:
        return [value.codes for value in values], values[0].words
    words = tuple(dict.fromkeys(word for value in values for word in value.words))
    place = {word: at for at, word in enumerate(words)}
    tables = [np.array([*(place[word] for word in value.words), -1], dtype=np.int32) for value in values]
    return [table[value.codes] for table, value in zip(tables, values, strict=True)], words


def first_word(one: Word, other: Word) -> Word:
    """Return the first word where it is known, else the other."""
    (first, second), words = recoded([one, other])
    return Word(np.where(first >= 0, first, second), words)


def chosen_word(options: Sequence[tuple[Truth, Word]], size: int) -> Word:
    """Return the word of the first option that holds; missing where options that may hold differ, or none does."""
    parts, words = recoded([value for _, value in options])
    codes = np.full(size, -1)
    for (when, _), new in zip(reversed(options), reversed(parts), strict=True):
        unsure = np.where(when.may, np.where(new == codes, new, -1), codes)
        codes = np.where(when.must, new, unsure)
    return Word(codes, words)
