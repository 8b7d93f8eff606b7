"""What is told of files: ids alone, because a name may say what somebody is treated for."""

from models.core.events import event_type

HEARD = "access desk staff-of staff-all-clients"
STAFF = "staff-of staff-all-clients"

# To the person who brought them; everyone else hears of the message, the document or the record they went to.
FILE_READY = event_type("file.ready", audiences="login", ids="file")
FILE_ERASED = event_type("file.erased", audiences="login", ids="file")
# An upload is whole and checked: a file, or refused.
UPLOAD_ENDED = event_type("upload.ended", audiences="login", ids="upload file")

# The record of a client: `kept` is its entry there.
UPLOADED = event_type("client.file_uploaded", audiences=HEARD, ids="client access file kept")
REFUSED = event_type("file.refused", audiences=HEARD, ids="client access upload")
SAVED = event_type("file.saved", audiences=STAFF, ids="client file kept")
SEEN = event_type("file.seen", audiences="access staff-of staff-all-clients", ids="client access file kept")
CHANGED = event_type("file.changed", audiences=STAFF, ids="client kept")
REMOVED = event_type("file.removed", audiences="access staff-of staff-all-clients", ids="client access kept")
DELETED = event_type("file.deleted", audiences="access staff-of staff-all-clients", ids="client access kept")
RESTORED = event_type("file.restored", audiences="access staff-of staff-all-clients", ids="client access kept")
FOLDERS_CHANGED = event_type("file.folders_changed", audiences=STAFF, ids="client")
ROOM_CHANGED = event_type("file.room_changed", audiences="staff")
