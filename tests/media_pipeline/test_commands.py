"""What is said to ffmpeg, word by word: a change here changes every master."""

from pathlib import Path

from media_pipeline import Box, Overlay, clip_graph, commands, segment_graph
from media_pipeline.formats import FORMATS
from media_pipeline.probe import Colour, Moving, Picture
from media_pipeline.types import Kind

SQUARE, STORY = FORMATS[Kind.VIDEO]["square"], FORMATS[Kind.VIDEO]["story"]
PROBED = Picture(
    0,
    "h264",
    1920,
    1080,
    0,
    interlaced=False,
    colour=Colour(1, 1, 1),
    frames_per_second=30.0,
    pixel_format="yuv420p",
    profile="High",
)
FACTS = "format=yuv420p,setparams=range=limited:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
STEREO = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo"
MOVING = Moving("mov", PROBED, 1, "aac", 48_000, 5.0, 0.0, 150, "")


def test_an_upload_is_read_by_the_demuxer_of_its_first_bytes_from_its_own_file_alone() -> None:
    assert commands.foreign_input(Path("source.mp4"), "mov", at_most_s=11) == (
        *("-threads", "1", "-f", "mov", "-format_whitelist", "mov", "-protocol_whitelist", "file"),
        *("-t", "11", "-i", "source.mp4"),
    )


def test_foreign_sound_is_decoded_to_an_exact_length_and_measured() -> None:
    assert commands.decode_sound(Path("s.ogg"), "ogg", 0, Path("s.wav"), duration_s=2.5) == (
        *("-nostdin", "-hide_banner", "-y", "-loglevel", "level+verbose", "-nostats", "-progress", "pipe:1"),
        *("-threads", "1", "-f", "ogg", "-format_whitelist", "ogg", "-protocol_whitelist", "file", "-t", "3.5", "-i", "s.ogg"),
        *("-map", "0:0", "-af"),
        f"aresample=48000:async=1:first_pts=0,{STEREO},apad=whole_dur=2.5,atrim=end=2.5,ebur128=peak=true:framelog=quiet",
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-c:a", "pcm_f32le", "-f", "wav", "s.wav"),
    )


def test_a_wide_clip_in_a_square_is_one_graph_with_a_blurred_copy_behind_and_the_frame_on_top() -> None:
    laid = clip_graph.lay_out(PROBED, [SQUARE], {"square": Overlay(Path("/frames/square.png"))}, None)
    said = clip_graph.masters(
        Path("source.mp4"),
        MOVING,
        PROBED,
        Path("sound.m4a"),
        Path("out"),
        Path("stills"),
        laid=laid,
        duration_s=5,
        background="#ffffff",
    )
    graph = said[said.index("-filter_complex") + 1]
    steady = "tpad=stop_mode=clone:stop_duration=5,trim=end=5"
    scaled = "scale=1080:608:flags=bicubic:in_range=limited:out_range=limited:in_color_matrix=bt709:out_color_matrix=bt709"
    small = "scale=242:136:flags=fast_bilinear,crop=136:136:52:0"
    assert graph.split(";") == [
        f"[0:0]fps=30:start_time=0,{steady},{scaled},{FACTS},sidedata=mode=delete,setsar=1,split=2[in0][frames]",
        "[in0]scale=1080:608:flags=bicubic,split[in0front][in0back]",
        f"[in0back]{small},gblur=sigma=6,lutyuv=y=val*0.8,scale=1080:1080:flags=bilinear[in0backdrop]",
        "[in0backdrop][in0front]overlay=0:236[in0backdropwhole]",
        "[2:v]scale=out_color_matrix=bt709:out_range=limited,format=yuva420p[out0top]",
        f"[in0backdropwhole]setsar=1,{FACTS}[out0below]",
        f"[out0below][out0top]overlay=format=yuv420,{FACTS}[out0]",
        r"[frames]select='eq(mod(n\,18)\,9)',scale=in_color_matrix=bt709:in_range=limited:out_range=full,format=rgb24[stills]",
    ]


def test_high_dynamic_range_is_scaled_before_it_is_mapped() -> None:
    hdr = Picture(
        0,
        "hevc",
        3840,
        2160,
        0,
        interlaced=False,
        colour=Colour(16, 9, 9),
        frames_per_second=60.0,
        pixel_format="yuv420p10le",
        profile=None,
    )
    laid = clip_graph.lay_out(hdr, [FORMATS[Kind.VIDEO]["wide"]], {}, None)
    said = clip_graph.masters(
        Path("s.mp4"), MOVING, hdr, Path("sound.m4a"), Path("out"), Path("stills"), laid=laid, duration_s=5, background="#ffffff"
    )
    graph = said[said.index("-filter_complex") + 1]
    assert graph.index("zscale=w=1920:h=1080") < graph.index("tonemap=tonemap=mobius")


def test_formats_share_one_decode_at_the_largest_size_needed() -> None:
    laid = clip_graph.lay_out(PROBED, [SQUARE, STORY], {"story": Overlay(Path("o.png"), Box(0, 0, 1080, 1340))}, None)
    assert [(one.placed.covers, one.placed.width_px, one.area.height_px) for one in laid] == [
        (False, 1080, 1080),
        (False, 1080, 1340),
    ]


def test_segments_last_whole_blocks_of_sixteen_frames() -> None:
    assert [segment_graph.block_frames(seconds) for seconds in (0.1, 1, 4, 5.2, 10)] == [16, 32, 128, 160, 304]


def test_masters_and_segments_are_encoded_alike() -> None:
    photo = segment_graph.photo(Path("p.jpg"), Path("t.mp4"), frames=16, lower_third=None)
    laid = clip_graph.lay_out(PROBED, [SQUARE], {}, None)
    master = clip_graph.masters(
        Path("s.mp4"), MOVING, PROBED, Path("a.m4a"), Path("o"), Path("s"), laid=laid, duration_s=5, background="#ffffff"
    )
    encoding = " ".join(commands.MASTER_PICTURE)
    assert encoding in " ".join(photo)
    assert encoding in " ".join(master)
