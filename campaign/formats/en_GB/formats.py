"""British English, with the same clock everywhere: 28 Nov 2026, 16:05."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
