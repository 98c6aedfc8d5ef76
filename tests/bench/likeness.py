"""How like two pictures are."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Values = NDArray[np.float64]


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Mean structural similarity of the luma in windows of 8 x 8 (Wang and others, 2004)."""
    first, second = (np.asarray(picture.convert("L"), dtype=np.float64) for picture in (one, other))
    mean, mean_other = _windows(first), _windows(second)
    variance, variance_other = _windows(first**2) - mean**2, _windows(second**2) - mean_other**2
    covariance = _windows(first * second) - mean * mean_other
    steady, steady_too = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = (2 * mean * mean_other + steady) * (2 * covariance + steady_too)
    return float((alike / ((mean**2 + mean_other**2 + steady) * (variance + variance_other + steady_too))).mean())


def _windows(values: Values, side: int = 8) -> Values:
    sums = np.pad(values, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    return np.asarray((sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]) / side**2)
