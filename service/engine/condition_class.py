"""Finnish condition classes, 5 excellent to 1 very poor: which class a condition index falls into, and back.

A class stands for the index ``class / 5``, as the scale ``fi_1_5`` has it, and reaches down to the next class: 0.8 is
class 4, anything above it class 5. So an asset that an inspector put into class 4 is reported in class 4 (methods.md
C.4: vendors' ``20 × score``).
"""

import numpy as np

from service.engine.arrays import AnyIntArray, FloatArray, IntArray, exact_condition

WORST, BEST = 1, 5


def condition_class(condition: FloatArray) -> IntArray:
    """Return the class 1…5 of each condition index; ``nan`` is class 1 only where the caller lets it in.

    >>> condition_class(np.array([0.0, 0.2, 0.21, 0.8, 0.81, 1.0]))
    array([1, 1, 2, 4, 5, 5])
    """
    reached = np.ceil(np.round(exact_condition(condition) * BEST, 9))
    within: IntArray = np.clip(np.nan_to_num(reached), WORST, BEST).astype(np.int64)
    return within


def class_condition(condition_class: AnyIntArray) -> FloatArray:
    """Return the condition index that a class stands for, the best of its range.

    >>> class_condition(np.array([1, 4, 5]))
    array([0.2, 0.8, 1. ])
    """
    return condition_class / BEST
