"""What is told of files: only to the person who brought them; everyone else hears of the message or document."""

from models.core.events import event_type

FILE_READY = event_type("file.ready", audiences="login", ids="file")
FILE_ERASED = event_type("file.erased", audiences="login", ids="file")
