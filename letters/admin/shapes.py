"""How a status looks: as word, shape and colour, never by colour alone."""

from letters.models import Status

SHAPES = {
    Status.UNCONFIRMED: "○", Status.QUEUED: "◔", Status.HELD: "❚❚", Status.CLAIMED: "◑", Status.SENDING: "◕",
    Status.SENT: "●", Status.BOUNCED: "↩", Status.FAILED: "✕", Status.UNKNOWN: "?", Status.WITHDRAWN: "–",
}  # fmt: skip
