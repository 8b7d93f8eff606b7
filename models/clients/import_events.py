"""What happens to imported tables. Ids only: what stands in a file is nobody's business but its reader's."""

from models.core.events import event_type

IMPORT_CHANGED = event_type("import.changed", audiences="desk", ids="import")
CLIENTS_IMPORTED = event_type("clients.imported", audiences="staff", ids="import")
