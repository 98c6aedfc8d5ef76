"""The synthetic sounds by name: mono samples between -1 and 1."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

SAMPLE_RATE_HZ = 48_000
PEAK = 0.6
PENTATONIC_HZ = (220.0, 246.94, 293.66, 329.63, 369.99, 440.0, 493.88, 587.33)


def bell(length_s: float, noise: np.random.Generator) -> Samples:
    """Three slow strokes of a church bell."""
    sound, pitch_hz = _silence(length_s), noise.uniform(196, 262)
    # partials of a cast bell: hum, prime, tierce, quint, nominal and above
    partials = (
        (0.5, 0.5, 4.0),
        (1, 0.7, 3.2),
        (1.2, 0.5, 2.4),
        (1.5, 0.3, 2.0),
        (2, 0.6, 1.6),
        (2.6, 0.2, 0.9),
        (4.1, 0.12, 0.5),
    )
    for stroke in range(3):
        start_s = 0.1 + stroke * length_s / 3.2
        for ratio, loudness, ring_s in partials:
            _add_tone(sound, pitch_hz * ratio, start_s, loudness, ring_s)
    return _finish(sound)


def rain(length_s: float, noise: np.random.Generator) -> Samples:
    """Rain on a tin roof: a soft hiss and many small drops."""
    sound = 0.25 * _band(noise, length_s, 700, 7000) + 0.2 * _band(noise, length_s, 80, 350)
    for start_s in noise.uniform(0, length_s - 0.1, round(length_s * 45)):
        _add_tone(sound, noise.uniform(900, 3200), start_s, noise.uniform(0.03, 0.4), 0.012)
    return _finish(sound)


def murmur(length_s: float, noise: np.random.Generator) -> Samples:
    """A market from afar: many voices without words, and small bells."""
    sound, time_s = _silence(length_s), np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    for _ in range(14):
        low_hz = noise.uniform(180, 900)
        syllables = np.clip(np.sin(2 * np.pi * (noise.uniform(1.6, 3.4) * time_s + noise.random())), 0, 1) ** 1.5
        breath = 0.5 + 0.5 * np.sin(2 * np.pi * (noise.uniform(0.1, 0.3) * time_s + noise.random()))
        sound += _band(noise, length_s, low_hz, low_hz * 1.5) * syllables * breath * noise.uniform(0.2, 0.5)
    for start_s in noise.uniform(0.3, length_s - 0.8, 6):
        _add_tone(sound, noise.choice((1760.0, 1975.5, 2349.3)), start_s, 0.35, 0.35)
    return _finish(sound)


def crickets(length_s: float, noise: np.random.Generator) -> Samples:
    """Crickets in a warm night, over a low wind."""
    sound, time_s = 0.25 * _band(noise, length_s, 60, 260), np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    for _ in range(5):
        pulses = np.clip(np.sin(2 * np.pi * noise.uniform(26, 34) * time_s), 0, 1)
        chirps = np.clip(np.sin(2 * np.pi * (noise.uniform(0.8, 1.6) * time_s + noise.random())) * 4, 0, 1)
        sound += np.sin(2 * np.pi * noise.uniform(3600, 4700) * time_s) * pulses * chirps * noise.uniform(0.05, 0.25)
    return _finish(sound)


def chords(length_s: float, noise: np.random.Generator) -> Samples:
    """Soft plucked notes that never clash, for the clips."""
    sound = 0.03 * _band(noise, length_s, 200, 900)
    for beat in range(round(length_s * 2) - 1):
        _add_tone(sound, noise.choice(PENTATONIC_HZ), beat / 2, noise.uniform(0.3, 0.6), 0.9)
        if beat % 4 == 0:
            _add_tone(sound, noise.choice(PENTATONIC_HZ[:3]) / 2, beat / 2, 0.7, 1.8)
    return _finish(sound)


def _silence(length_s: float) -> Samples:
    return np.zeros(round(length_s * SAMPLE_RATE_HZ))


def _add_tone(sound: Samples, pitch_hz: float, start_s: float, loudness: float, ring_s: float) -> None:
    first = round(start_s * SAMPLE_RATE_HZ)
    time_s = np.arange(min(len(sound) - first, round(ring_s * 6 * SAMPLE_RATE_HZ))) / SAMPLE_RATE_HZ
    attack = np.clip(time_s / 0.004, 0, 1)
    sound[first : first + len(time_s)] += loudness * attack * np.exp(-time_s / ring_s) * np.sin(2 * np.pi * pitch_hz * time_s)


def _band(noise: np.random.Generator, length_s: float, low_hz: float, high_hz: float) -> Samples:
    spectrum = np.fft.rfft(noise.standard_normal(round(length_s * SAMPLE_RATE_HZ)))
    pitch_hz = np.fft.rfftfreq(round(length_s * SAMPLE_RATE_HZ), 1 / SAMPLE_RATE_HZ)
    centre_hz, width = np.sqrt(low_hz * high_hz), np.log(high_hz / low_hz) / 2
    spectrum *= np.exp(-((np.log(np.maximum(pitch_hz, 1) / centre_hz) / width) ** 2))
    sound: Samples = np.fft.irfft(spectrum, round(length_s * SAMPLE_RATE_HZ))
    return sound / float(np.abs(sound).max())


def _finish(sound: Samples) -> Samples:
    fade = np.clip(np.minimum(np.arange(len(sound)), np.arange(len(sound))[::-1]) / (0.25 * SAMPLE_RATE_HZ), 0, 1)
    faded: Samples = sound * fade
    return faded * (PEAK / float(np.abs(faded).max()))


SOUNDS: dict[str, Callable[[float, np.random.Generator], Samples]] = {
    sound.__name__: sound for sound in (bell, rain, murmur, crickets)
}
