"""What is said to ffmpeg, word by word: a change here changes every master."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

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
DARKER = "lutyuv=y=16+(val-16)*0.8:u=128+(val-128)*0.8:v=128+(val-128)*0.8"
STEREO = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo"
MOVING = Moving("mov", PROBED, 1, "aac", 48_000, 5.0, 0.0, 150, "")


def test_an_upload_is_read_by_the_demuxer_of_its_first_bytes_from_its_own_file_alone() -> None:
    assert commands.foreign_input(Path("source.mp4"), "mov", at_most_s=11) == (
        *("-threads", "1", "-f", "mov", "-format_whitelist", "mov", "-protocol_whitelist", "file"),
        *("-t", "11", "-i", "source.mp4"),
    )


def test_foreign_sound_is_decoded_to_an_exact_part_and_measured_and_its_pauses_are_told() -> None:
    said = commands.decode_sound(Path("s.ogg"), "ogg", 0, Path("s.wav"), start_s=1, duration_s=2.5, listened_s=9)
    pauses = "silencedetect@30=noise=-30dB:d=0.35,silencedetect@40=noise=-40dB:d=0.35,silencedetect@50=noise=-50dB:d=0.35"
    part = "[whole]apad=whole_dur=3.5,atrim=start=1:end=3.5,asetpts=PTS-STARTPTS,ebur128=peak=true:framelog=quiet[kept]"
    assert said == (
        *("-nostdin", "-hide_banner", "-y", "-loglevel", "level+verbose", "-nostats", "-progress", "pipe:1"),
        *("-threads", "1", "-f", "ogg", "-format_whitelist", "ogg", "-protocol_whitelist", "file", "-t", "10", "-i", "s.ogg"),
        *("-filter_complex_threads", "1", "-filter_complex"),
        f"[0:0]aresample=48000:async=1:first_pts=0,{STEREO},asplit[heard][whole];[heard]{pauses},anullsink;{part}",
        *(
            "-map",
            "[kept]",
            "-map_metadata",
            "-1",
            "-map_chapters",
            "-1",
            "-fflags",
            "+bitexact",
            "-c:a",
            "pcm_f32le",
            "-f",
            "wav",
            "s.wav",
        ),
    )


def test_a_wide_clip_in_a_square_is_one_graph_with_a_blurred_copy_behind_and_the_frame_on_top() -> None:
    laid = clip_graph.lay_out(PROBED, [SQUARE], {"square": Overlay(Path("/frames/square.png"))}, None)
    said = _masters(PROBED, laid)
    graph = said[said.index("-filter_complex") + 1]
    steady = "tpad=stop_mode=clone:stop_duration=5,trim=end=5"
    scaled = "scale=1080:608:flags=bicubic:in_range=limited:out_range=limited:in_color_matrix=bt709:out_color_matrix=bt709"
    small = "scale=242:136:flags=fast_bilinear,crop=136:136:52:0"
    assert graph.split(";") == [
        f"[0:0]fps=30:start_time=0:eof_action=pass,{steady},{scaled},{FACTS},sidedata=mode=delete,setsar=1,split=2[in0][frames]",
        "[in0]scale=1080:608:flags=bicubic,split[in0front][in0back]",
        f"[in0back]{small},gblur=sigma=6,{DARKER},scale=1080:1080:flags=bilinear[in0backdrop]",
        "[in0backdrop][in0front]overlay=0:236[in0backdropwhole]",
        f"[in0backdropwhole]setsar=1,{FACTS}[out0]",
        "[2:v]scale=out_color_matrix=bt709:out_range=limited,format=yuva420p[out0framedtop]",
        f"[out0][out0framedtop]overlay=0:0:format=yuv420,{FACTS}[out0framed]",
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
    said = _masters(hdr, laid)
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
    photo = segment_graph.photo(Path("p.jpg"), Path("t.mp4"), frames=16, panels=())
    laid = clip_graph.lay_out(PROBED, [SQUARE], {}, None)
    master = _masters(PROBED, laid)
    encoding = " ".join(commands.MASTER_PICTURE)
    assert encoding in " ".join(photo)
    assert encoding in " ".join(master)


def test_a_later_start_is_sought_where_there_is_an_index_and_counted_in_frames_from_two_seconds_before() -> None:
    laid = clip_graph.lay_out(PROBED, [SQUARE], {}, None)
    said = _masters(PROBED, laid, start_s=10)
    assert said[said.index("-ss") : said.index("-ss") + 4] == ("-ss", "8", "-t", "8")
    assert "trim=start_frame=60:end_frame=210,setpts=PTS-STARTPTS" in said[said.index("-filter_complex") + 1]
    without_index = _masters(PROBED, laid, start_s=10, demuxer="mpegts")
    assert "-ss" not in without_index
    assert "trim=start_frame=300:end_frame=450" in without_index[without_index.index("-filter_complex") + 1]


def test_words_lie_above_the_frame_and_come_at_the_films_rate() -> None:
    laid = clip_graph.lay_out(PROBED, [SQUARE], {"square": Overlay(Path("/frames/square.png"))}, None)
    strips = {"square": commands.Strip("cues-square/cues.txt", Box(42, 600, 996, 300))}
    graph = (said := _masters(PROBED, laid, strips=strips))[said.index("-filter_complex") + 1].split(";")
    assert graph[-3:-1] == [
        "movie=cues-square/cues.txt:f=concat,scale=out_color_matrix=bt709:out_range=limited,format=yuva420p,fps=30[out0framedwordedtop]",
        f"[out0framed][out0framedwordedtop]overlay=42:600:format=yuv420,{FACTS}[out0framedworded]",
    ]


def test_what_is_kept_begins_on_a_whole_frame_inside_of_the_source() -> None:
    assert commands.kept(10, start_s=0, max_clip_s=None) == (0, 10)
    assert commands.kept(10, start_s=4.01, max_clip_s=3) == (4, 3)
    assert commands.kept(10, start_s=9, max_clip_s=3) == (9, 1)
    for start_s in (10, 11, -1):
        with pytest.raises(ValueError, match="lies outside"):
            commands.kept(10, start_s=start_s, max_clip_s=None)


def _masters(
    picture: Picture,
    laid: Sequence[clip_graph.Laid],
    *,
    strips: Mapping[str, commands.Strip] | None = None,
    start_s: float = 0,
    demuxer: str = "mov",
) -> commands.Arguments:
    return clip_graph.masters(
        Path("source.mp4"),
        replace(MOVING, demuxer=demuxer),
        picture,
        Path("sound.m4a"),
        Path("out"),
        Path("stills"),
        laid=laid,
        strips=strips or {},
        start_s=start_s,
        duration_s=5,
        background="#ffffff",
    )
