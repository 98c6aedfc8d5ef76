"""How much one upload may cost, each number with its reason."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What one child process may use before it is killed."""

    wall_s: float
    cpu_s: int
    memory_bytes: int
    output_bytes: int
    # an address-space limit stops an allocation before it is made, but ffmpeg reserves far more than it touches
    address_space_bytes: int | None = None
    # more than any of our graphs opens: source, sound, overlays, outputs, libraries
    open_files: int = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may use; the defaults suit a server of two cores and 4 GB."""

    # ten minutes of film in three formats take about 20 minutes on one slow core
    wall_s: float = 1800
    # two cores busy for the whole of the wall time
    cpu_s: int = 3600
    # HDR at 4K takes 450 MB scaled first (755 unscaled), three formats some more
    memory_bytes: int = 1536 * MIB
    # ten minutes at the highest rate we encode are 600 MB
    output_bytes: int = 1024 * MIB
    # a photo is decoded in a second and a probe reads packets only; the rest is room for a busy machine
    still_wall_s: float = 60
    # the largest phone sensors make 200 MP files; decoded at 3 bytes that is 600 MB, within the memory above
    max_pixels: int = 200_000_000
    # ten minutes of 4K at 60 frames a second, the most that max_duration_s lets a phone send
    max_frames_pixels: int = 300_000_000_000
    # a minute of 1280x720 at 30 frames a second; measured: up to 25 CPU ms a megapixel, so 50 s before it becomes a clip
    max_animation_pixels: int = 2_000_000_000
    # the service's hard cap, said before the upload
    max_duration_s: float = 600
    # where H.264 and HEVC end (level 6.2: the root of eight times their largest picture); more is a header that lies
    max_side_px: int = 16_888
    # picture, sound, a second sound, cover, and a phone's data tracks: more is an attack or a studio file
    max_streams: int = 16

    def for_still(self) -> ChildLimits:
        """Limits of a child that decodes a photo or reads packets."""
        wall_s = min(self.wall_s, self.still_wall_s)
        cpu_s = min(self.cpu_s, 2 * int(wall_s) + 1)
        mapped_bytes = self.memory_bytes * 2  # interpreter and libraries map about 1 GB that they never touch
        return ChildLimits(wall_s, cpu_s, self.memory_bytes, self.output_bytes, address_space_bytes=mapped_bytes)

    def for_clip(self, duration_s: float, outputs: int) -> ChildLimits:
        """Limits of an ffmpeg child: a short clip that hangs is found soon."""
        # measured: 0.7 CPU seconds per second and format; ten times that on a busy machine
        wall_s = min(self.wall_s, 60 + 10 * duration_s * max(outputs, 1))
        return ChildLimits(wall_s, min(self.cpu_s, 2 * int(wall_s) + 1), self.memory_bytes, self.output_bytes)
