"""Assets: pictures that letters show, each with the words for those who do not see it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_serializer

from shopkeeper.api import sharing
from shopkeeper.api.calls import Call
from shopkeeper.api.sharing import Holder
from shopkeeper.api.versions import Kind, Made
from shopkeeper.aws.definitions import Version
from shopkeeper.customer.requests import BadRequest, Strict, Text
from shopkeeper.mail import pictures
from shopkeeper.mail.pictures import PictureError

_IMAGE = (
    f"A PNG, JPEG or GIF of at most {pictures.LARGEST >> 20} MB in base64. It is shown as `sha256:...`, and may "
    "be given so again, where only the words change."
)


def _image(text: str) -> str:
    try:
        if not pictures.kept(text):
            pictures.read(pictures.given(text))
    except PictureError as error:
        raise ValueError(str(error)) from None
    return text


class Asset(Strict):
    """`alt` is what it shows, in words: for those who do not see it, and until mail programs have loaded it.

    It stands in a letter as `{% asset "<id>" %}`, which is its address. Templates hold it as it was when they were put:
    `templates` says which hold another version by now.
    """

    alt: Text
    image: Annotated[str, AfterValidator(_image), Field(description=_IMAGE)]

    @field_serializer("image")
    def name(self, image: str) -> str:
        """A version is small: what is in the picture is kept elsewhere."""
        return pictures.name(image)


def _make(call: Call, wanted: Asset, *_: object) -> Made:
    """Kept before the version that names it."""
    digest = pictures.kept(wanted.image)
    data = _data(call, digest) if digest else pictures.given(wanted.image)
    picture = pictures.read(data)
    if not digest:
        call.aws.assets.keep(pictures.digest(data), data, picture.media)
    return Made({"picture": json.dumps({**picture._asdict(), "bytes": len(data)})})


def _data(call: Call, digest: str) -> bytes:
    """Raises BadRequest."""
    found = call.aws.assets.read(digest)
    if found is None:
        raise BadRequest([("image", "is the name of a picture that is not kept")])
    return found.data


def _more(call: Call, version: Version) -> Mapping[str, Any]:
    picture = json.loads(version.made["picture"])
    file = sharing.asset_of(version).file
    shown = {name: picture[name] for name in ("media", "width", "height", "bytes")}
    return {**shown, "url": sharing.asset_address(call) + file, **sharing.holders("asset")(call, version)}


KIND = Kind(
    "asset",
    "assets",
    Asset,
    make=_make,
    more=_more,
    shape={"media": str, "width": int, "height": int, "bytes": int, "url": str, "templates": list[Holder]},
)
room = KIND.room("Pictures that letters show.")
