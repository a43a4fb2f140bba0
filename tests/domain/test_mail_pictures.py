"""Pictures are told by what is in them, not by what they are called."""

import base64
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import pictures
from shopkeeper.mail.pictures import PictureError


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(wide=3, high=2):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 8)) + chunk(b"IEND", b"")


GIF = b"GIF89a" + struct.pack("<HH", 3, 2) + b"\0\0\0,\0\0\0\0\x03\0\x02\0\0\x02\x02\x84\x51\0;"
JPEG = (
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xfe\0\x04hi"
    b"\xff\xc2\0\x0b\x08\0\x02\0\x03\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0?\0\x7f\xff\xd9"
)
ALL = {"png": png(), "gif": GIF, "jpg": JPEG}


@pytest.mark.parametrize("ending", ALL)
def test_a_picture_tells_its_kind_and_its_size(ending):
    picture = pictures.read(ALL[ending])

    assert (picture.ending, picture.width, picture.height) == (ending, 3, 2)
    assert picture.media == f"image/{ending.replace('jpg', 'jpeg')}"


@pytest.mark.parametrize("ending", ALL)
def test_a_picture_that_was_cut_off_is_refused(ending):
    for end in range(3, len(ALL[ending])):
        with pytest.raises(PictureError):
            pictures.read(ALL[ending][:end])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "no PNG"),
        (png(0, 5), "0 by 5"),
        (png(6001, 5), "6001 by 5"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * pictures.LARGEST, "larger than 2 MB"),
    ],
)
def test_what_no_mail_program_would_show_is_refused(data, said):
    with pytest.raises(PictureError, match=said):
        pictures.read(data)


@given(start=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a"]), rest=st.binary(max_size=60))
def test_whatever_it_holds_it_is_read_or_refused(start, rest):
    with suppress(PictureError):
        assert pictures.read(start + rest).width > 0


def test_a_picture_goes_by_the_digest_of_what_is_in_it():
    text = base64.encodebytes(png()).decode()
    name = pictures.name(text)

    assert (pictures.given(text), pictures.name(name)) == (png(), name)
    assert pictures.asked(f"{pictures.kept(name)}.png") == pictures.kept(name) == pictures.digest(png())
    assert not any(map(pictures.asked, ("", "a.png", f"{pictures.kept(name)}.svg", f"../{pictures.kept(name)}.png")))
    for wrong in ("sha256:abc", "no base64!", "abc"):
        with pytest.raises(PictureError):
            pictures.given(wrong)
