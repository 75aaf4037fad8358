"""One lesion that is measured every 8 weeks, walked by the exact algebra."""

import numpy as np

from criterium.evaluate.exact.trace import traced
from criterium.evaluate.frames import Material, frame_of
from criterium.language.library import load, tables
from criterium.timeline.cohort import Cohort, Labels, TableData
from criterium.timeline.courses import courses_of


def walked(longs, shorts, name="swog-mr"):
    """Return the exact walk over one lesion and its trace; sizes in mm."""
    count = len(longs)
    one = np.zeros(count, dtype=np.int32)
    columns = {
        "date": np.arange(count, dtype=float) * 56,
        "lesion_id": Labels(one, ("T1",)),
        "role": Labels(one, ("target",)),
        "site": Labels(one, ("liver",)),
        "state": Labels(one, ("present",)),
        "long": np.array(longs),
        "short": np.array(shorts),
    }
    cohort = Cohort("one", ("one",), {"lesions": TableData("lesions", one, columns, count)})
    frame = frame_of(load(name), Material(cohort, tables()), courses_of(cohort, tables(), "lesions"))
    return traced(load(name), frame, 0)
