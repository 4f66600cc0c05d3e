"""A year's letters at once, made by the database itself: as a campaign's own might be, and the same ones each time."""

from __future__ import annotations

from typing import Any

from django.db import connection

from campaign.content.models import Campaign
from campaign.core.ciphers import encrypt, make_index

EMAIL = "jane.doe@supporter.example"  # wrote the three newest letters
DAYS = 365
SMALL_SHARE = 0.002  # of the letters are another campaign's

# Texts and addresses are erased after 28 days, names and emails after 182, as on a site that runs (docs/operators.md).
# What waits for a person grows with the letters, as if nobody had looked for weeks.
FILL = """
INSERT INTO letters_letter (
    id, reference, campaign_id, language, rehearsal,
    constituency_gss, constituency_name, member_name, member_party, member_email, salutation,
    sender_name, sender_address, sender_postcode, sender_email, sender_email_index,
    sender_phone, on_behalf_of, reply_by, own_case,
    subject, ask_text, source_style, own_word_count, own_share, own_score, dated, status, tallied_status,
    created_at, confirmed_at, sent_at, next_attempt_at, text_erased_at, scrubbed_at,
    attempts, last_answer, message_id, envelope_sender, pdf_sha256,
    confirm_token_hash, letter_token_hash, confirm_generation, confirm_repeats
)
WITH dice AS MATERIALIZED (
    SELECT n, random() AS place, random() AS fate, random() AS words, random() AS whose,
           now() - make_interval(secs => %(days)s * 86400 * power(1 - n::float / %(count)s, 1.2)) AS written
    FROM generate_series(1, %(count)s) AS n
), drawn AS (
    SELECT *, CASE
        WHEN n > %(count)s - 3 THEN 'sent'
        WHEN fate < 0.010 THEN 'bounced'
        WHEN fate < 0.020 THEN 'withdrawn'
        WHEN fate < 0.026 THEN 'failed'
        WHEN fate < 0.027 THEN 'unknown'
        WHEN fate < 0.030 AND written > now() - interval '28 days' THEN 'held'
        WHEN fate < 0.050 AND written > now() - interval '28 days' THEN 'queued'
        WHEN fate < 0.100 AND written > now() - interval '7 days' THEN 'unconfirmed'
        ELSE 'sent'
    END AS status,
    written > now() - interval '28 days' AS has_text, written > now() - interval '182 days' AS has_name
    FROM dice
)
SELECT gen_random_uuid(), %(reference)s,
    CASE WHEN whose < %(small_share)s THEN %(small)s ELSE %(large)s END, 'en', false,
    gss, name, envelope, party, 'mp.' || gss || '@parliament.example', 'Dear Member',
    CASE WHEN has_name THEN %(name)s ELSE '' END, CASE WHEN has_text THEN %(address)s ELSE '' END,
    CASE WHEN has_text THEN %(postcode)s ELSE '' END, CASE WHEN has_name THEN %(email)s ELSE '' END,
    CASE WHEN n > %(count)s - 3 THEN %(index)s WHEN has_name THEN encode(sha256(n::text::bytea), 'hex') ELSE '' END,
    '', '', '', false,
    %(subject)s, CASE WHEN has_text THEN %(ask)s ELSE '' END, 'notes',
    (words * 200)::int, words, words, written::date, status, status,
    written, CASE WHEN status <> 'unconfirmed' THEN written + interval '5 minutes' END,
    CASE WHEN status IN ('sent', 'bounced') THEN written + interval '7 minutes' END,
    CASE WHEN status = 'queued' THEN now() + words * interval '6 hours' - interval '1 hour' END,
    CASE WHEN NOT has_text THEN written + interval '28 days' END,
    CASE WHEN NOT has_name THEN written + interval '182 days' END,
    1, '250 2.0.0 Ok: queued as ' || n, '<' || n || '@parley.example>', 'b-' || n || '@parley.example', '',
    encode(sha256((n || ' confirm')::bytea), 'hex'), encode(sha256((n || ' letter')::bytea), 'hex'), 0, 0
FROM drawn JOIN constituencies
    ON constituencies.number = floor(power(place, 1.5) * (SELECT count(*) FROM constituencies))
ORDER BY n
"""

# All letters share their ciphertexts, as long as real ones, which are bound to their rows: no page measured reads one.
NOWHERE = ("letters", "")

# Eight signs of an alphabet of 21, all different: the factor and 21 have no divisor in common.
MIXED = "((n::bigint * 9978431273) %% 37822859361)"
SIGN = f"substr('3467CDFGHJKMNPQRTVWXY', (1 + {MIXED} / {{}} %% 21)::int, 1)"

CONSTITUENCIES = """
CREATE TEMPORARY TABLE constituencies AS
SELECT row_number() OVER (ORDER BY md5(c.gss)) - 1 AS number, c.gss, c.name,
       coalesce(m.name_full_title, '') AS envelope, coalesce(m.party, '') AS party
FROM parliament_constituency c LEFT JOIN parliament_member m ON m.constituency_id = c.gss AND m.sitting
"""

TALLIES = (
    """
    SELECT campaign_id, rehearsal, 'seat', constituency_gss, member_party, status, count(*)
    FROM letters_letter WHERE status <> 'unconfirmed' GROUP BY 1, 2, 4, 5, 6
    """,
    """
    SELECT campaign_id, rehearsal, 'confirmed', (confirmed_at AT TIME ZONE 'Europe/London')::date::text, '', '',
           count(*)
    FROM letters_letter WHERE status <> 'unconfirmed' GROUP BY 1, 2, 4
    """,
    """
    SELECT campaign_id, rehearsal, 'sent', (sent_at AT TIME ZONE 'Europe/London')::date::text, '', '', count(*)
    FROM letters_letter WHERE sent_at IS NOT NULL GROUP BY 1, 2, 4
    """,
    """
    SELECT campaign_id, false, 'argument', key, '', '', %(count)s / 3 FROM content_argument
    """,
    """
    SELECT a.campaign_id, false, 'pair', a.key, b.key, '', %(count)s / 90
    FROM content_argument a JOIN content_argument b ON b.campaign_id = a.campaign_id AND b.key > a.key
    """,
)


def fill_database(count: int, large: Campaign, small: Campaign) -> None:
    """Write so many letters and the tallies they make; then do what autovacuum does in time.

    Indexes are made anew afterwards, which is quicker than keeping them while a million rows come in.
    """
    reference = " || ".join([SIGN.format(21**place) for place in range(7, 3, -1)])
    reference += " || '-' || " + " || ".join([SIGN.format(21**place) for place in range(3, -1, -1)])
    values: dict[str, Any] = {
        "count": count,
        "days": DAYS,
        "large": large.pk,
        "small": small.pk,
        "small_share": SMALL_SHARE,
        "subject": large.subject,
        "name": encrypt("Jane Doe", *NOWHERE),
        "address": encrypt("1 Test Street\nLondon", *NOWHERE),
        "postcode": encrypt("SW1A 1AA", *NOWHERE),
        "email": encrypt(EMAIL, *NOWHERE),
        "index": make_index(EMAIL),
        "ask": encrypt("I ask you to speak of it in the House. " * 4, *NOWHERE),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(CONSTITUENCIES)
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'letters_letter' "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        indexes = cursor.fetchall()
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = 'letters_letter'::regclass AND contype = 'u'"
        )
        unique = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for name, _definition in unique:
            cursor.execute(f'ALTER TABLE letters_letter DROP CONSTRAINT "{name}"')
        cursor.execute(FILL.replace("%(reference)s", reference), values)
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for name, definition in unique:
            cursor.execute(f'ALTER TABLE letters_letter ADD CONSTRAINT "{name}" {definition}')
        for _name, definition in indexes:
            cursor.execute(definition)
        for select in TALLIES:
            cursor.execute(
                "INSERT INTO letters_tally (campaign_id, rehearsal, kind, key, other, status, count) " + select,
                {"count": count} if "%(" in select else None,
            )
        cursor.execute("VACUUM ANALYZE")
