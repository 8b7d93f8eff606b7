"""What a record's fields may be chosen from. The empty word stands first: nobody has to say."""

from __future__ import annotations

from zoneinfo import available_timezones

UNSAID = ("", "Not said")

PHONES = (("mobile", "Mobile"), ("home", "Home"), ("work", "Work"), ("other", "Other"))
LEAVE = (
    ("both", "Voicemail and text may be left"),
    ("voicemail", "Voicemail only"),
    ("text", "Text only"),
    ("none", "Neither voicemail nor text"),
)
ADDRESSES = (("home", "Home"), ("second", "Second home"), ("mailing", "Mail only"), ("other", "Other"))
MARITAL = (
    UNSAID,
    ("single", "Single"),
    ("partnered", "Living with a partner"),
    ("married", "Married"),
    ("separated", "Separated"),
    ("divorced", "Divorced"),
    ("widowed", "Widowed"),
)
HOLDERS = (
    ("client", "The client"),
    ("parent", "A parent or guardian"),
    ("partner", "A spouse or partner"),
    ("other", "Somebody else"),
)
RELATIONS = (("parent", "Parent"), ("guardian", "Guardian"), ("partner", "Partner"), ("other", "Other"))

LANGUAGES = (
    UNSAID,
    ("en", "English"),
    ("es", "Spanish"),
    ("ase", "American Sign Language"),
    ("ar", "Arabic"),
    ("zh", "Chinese"),
    ("fa", "Farsi"),
    ("fr", "French"),
    ("de", "German"),
    ("ht", "Haitian Creole"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("so", "Somali"),
    ("tl", "Tagalog"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("other", "Another language"),
)

# Those of this country first, in words; then every other one by its name.
_HERE = (
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Puerto Rico"),
)
_ABROAD = tuple(
    (zone, zone.replace("_", " ").replace("/", ", "))
    for zone in sorted(available_timezones())
    if zone.split("/")[0] in {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
    and zone not in dict(_HERE)
)
TIME_ZONES = (("", "The practice’s"), *_HERE, *_ABROAD)
