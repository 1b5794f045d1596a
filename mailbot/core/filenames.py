"""The names of attached files: found wherever programs put them, decoded, and harmless to a file system."""

from email.message import Message

from mailbot.core import parameters
from mailbot.core.text import one_line
from mailbot.core.words import decode_words

_MAX_NAME = 150
_EXTENSIONS = {
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv", "text/rtf": ".rtf",
    "text/xml": ".xml", "text/markdown": ".md", "text/vcard": ".vcf", "text/x-vcard": ".vcf", "text/directory": ".vcf",
    "text/css": ".css", "text/x-patch": ".patch", "text/x-diff": ".diff", "application/pdf": ".pdf",
    "application/json": ".json", "application/xml": ".xml", "application/rtf": ".rtf", "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls", "application/vnd.ms-powerpoint": ".ppt", "application/vnd.ms-outlook": ".msg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/zip": ".zip", "application/x-zip-compressed": ".zip", "application/gzip": ".gz",
    "application/x-gzip": ".gz", "application/x-rar-compressed": ".rar", "application/x-7z-compressed": ".7z",
    "application/pgp-signature": ".asc", "application/pgp-encrypted": ".asc", "application/pgp-keys": ".asc",
    "application/pkcs7-signature": ".p7s", "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m", "application/ics": ".ics",
    "application/ms-tnef": ".dat", "application/vnd.ms-tnef": ".dat", "application/postscript": ".ps",
    "image/png": ".png", "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/pjpeg": ".jpg", "image/gif": ".gif",
    "image/tiff": ".tif", "image/bmp": ".bmp", "image/webp": ".webp", "image/heic": ".heic", "image/svg+xml": ".svg",
    "audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/x-wav": ".wav", "audio/amr": ".amr", "audio/ogg": ".ogg",
    "audio/mp4": ".m4a", "video/mp4": ".mp4", "video/quicktime": ".mov", "video/3gpp": ".3gp",
    "message/rfc822": ".eml", "message/global": ".eml", "message/partial": ".eml", "message/external-body": ".txt",
    "message/delivery-status": ".txt", "message/global-delivery-status": ".txt",
    "message/disposition-notification": ".txt", "message/feedback-report": ".txt", "text/rfc822-headers": ".txt",
}  # fmt: skip


def file_name(value: str) -> str:
    """A name for a file that means nothing to a file system: no folders, no leading dots, nothing unseen."""
    name = one_line(decode_words(value.replace("\t", " ")).replace("\\", "/")).rpartition("/")[2]
    name = name.strip('"<> ').lstrip(". ").strip()
    if len(name) <= _MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: _MAX_NAME - 20]}.{extension}" if dot and len(extension) < 20 else name[:_MAX_NAME]


def name_of(disposition: dict[str, str], content_type: dict[str, str], part: Message) -> str:
    """The name that a part bears, "" if it bears none.

    Args:
        disposition: The parameters of its Content-Disposition.
        content_type: The parameters of its Content-Type.
        part: The part, for the headers that may name it otherwise.
    """
    best = ""
    for given in (
        disposition.get("filename"), content_type.get("name"), content_type.get("filename"), disposition.get("name"),
        content_type.get("file"),
    ):  # fmt: skip
        name = file_name(parameters.unquoted(given)) if given else ""
        if name and not _is_lossy(name):
            return name
        best = best or name
    return best or _located(part)


def _is_lossy(name: str) -> bool:
    """Whether a name has lost letters, as where a program wrote it in a charset that lacks them."""
    return "?" in name or "\ufffd" in name


def _located(part: Message) -> str:
    """A name from Content-Location or Content-Description, where it has an extension."""
    for header in ("Content-Location", "Content-Description"):
        value = str(part.get(header, ""))[:1_000]
        if value and not (header == "Content-Location" and value.lower().startswith(("cid:", "data:"))):
            name = file_name(parameters.unquoted(value.split("?", 1)[0].split("#", 1)[0] if "://" in value else value))
            stem, dot, extension = name.rpartition(".")
            if dot and stem and 0 < len(extension) <= 5 and extension.isalnum() and len(name) < 100:
                return name
    return ""


def default_name(content_type: str, index: int) -> str:
    """A name for a file that has none."""
    if content_type == "text/calendar":
        return "invite.ics"
    extension = _EXTENSIONS.get(content_type, ".txt" if content_type.startswith("text/") else ".bin")
    return f"attachment-{index + 1}{extension}"
