"""What endpoints ask for: the runtime, one unit of work, the form, the reader's language."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.errors import ErrorKind, Refused
from app.runtime import Runtime
from app.web.forms import Fields
from app.web.i18n import Translator, negotiate
from app.web.middleware import MAX_FORM_BYTES
from app.web.residents import resident_languages
from app.web.uploads import ReceivedForm, read_multipart

MAX_FILES = 20


def get_runtime(request: Request) -> Runtime:
    """What this process works with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def _reading(runtime: Annotated[Runtime, Depends(get_runtime)]) -> Iterator[Session]:
    with runtime.database.reading() as session:
        yield session


def _writing(runtime: Annotated[Runtime, Depends(get_runtime)]) -> Iterator[Session]:
    with runtime.database.writing() as session:
        yield session


def _now(runtime: Annotated[Runtime, Depends(get_runtime)]) -> datetime:
    return runtime.now()


def _translator(request: Request) -> Translator:
    return Translator(request.state.language)


def _for_residents(request: Request) -> None:
    spoken = resident_languages(request.app.state.released_languages())
    request.state.spoken_languages = spoken
    request.state.language = negotiate(request.state.wanted_languages, spoken)


async def _fields(request: Request) -> Fields:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise Refused("upload.too_large", kind=ErrorKind.TOO_LARGE, limit_bytes=MAX_FORM_BYTES, actual_bytes=len(body))
    try:
        return Fields(parse_qs(body.decode(), keep_blank_values=True, max_num_fields=2000))
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused("form.broken") from error


def _form(max_files: int) -> Callable[[Request, Runtime], AsyncIterator[ReceivedForm]]:
    async def receive(request: Request, runtime: Annotated[Runtime, Depends(get_runtime)]) -> AsyncIterator[ReceivedForm]:
        request.state.may_be_large = True  # files go to the disk as they come, and `read_multipart` counts them
        form = await read_multipart(
            request,
            incoming_dir=runtime.settings.incoming_dir,
            max_file_bytes=runtime.settings.max_upload_bytes,
            max_files=max_files,
        )
        try:
            yield form
        finally:
            form.discard()

    return receive


RuntimeDep = Annotated[Runtime, Depends(get_runtime)]
# scope="function": the block ends, and so the transaction commits, before the answer leaves
ReadSession = Annotated[Session, Depends(_reading, scope="function")]
WriteSession = Annotated[Session, Depends(_writing, scope="function")]
Now = Annotated[datetime, Depends(_now)]
# of a page that speaks the languages of residents too; first among its dependencies, so that refusals are said in them
FOR_RESIDENTS = Depends(_for_residents)
Speech = Annotated[Translator, Depends(_translator)]
FieldsDep = Annotated[Fields, Depends(_fields)]  # of a urlencoded form
FormDep = Annotated[ReceivedForm, Depends(_form(MAX_FILES), scope="function")]  # of a multipart form with files
OneFileFormDep = Annotated[ReceivedForm, Depends(_form(1), scope="function")]  # from somebody we do not know: a disk is soon full
