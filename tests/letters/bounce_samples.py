"""Mails that came back, shaped as real servers write them; all names and hosts are invented.

Each is a template: ADDRESS is the letter's signed bounce address, MP the recipient.
"""

from __future__ import annotations

from letters.models import Letter

# What servers return of the letter; it quotes words that a reader must not take for the server's.
RETURNED = """\
Return-Path: <ADDRESS>
Received: from site.example by mx.parliament.example; Mon, 2 Nov 2026 10:00:00 +0000
From: Jane Doe via Time to talk <letters@parley.localhost>
Reply-To: Jane Doe <jane@supporter.example>
To: Ms Ann Example MP <MP>
Subject: Talks about talks
Message-ID: <1@parley.localhost>

My street was hit by 550 5.1.1 thousand shells.
"""

POSTFIX = """\
Return-Path: <>
Delivered-To: ADDRESS
Received: by mail.site.example (Postfix) id 4C1F21; Mon, 2 Nov 2026 10:00:03 +0000 (UTC)
Date: Mon, 2 Nov 2026 10:00:03 +0000 (UTC)
From: MAILER-DAEMON@mail.site.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ADDRESS
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4C1F20.1793613603/mail.site.example"
Content-Transfer-Encoding: 8bit
Message-Id: <20261102100003.4C1F21@mail.site.example>

This is a MIME-encapsulated message.

--4C1F20.1793613603/mail.site.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mail.site.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<MP>: host mx.parliament.example[192.0.2.7] said: 550 5.1.1
    <MP>: Recipient address rejected: User unknown (in reply to RCPT TO command)

--4C1F20.1793613603/mail.site.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.site.example
X-Postfix-Queue-ID: 4C1F20
X-Postfix-Sender: rfc822; ADDRESS
Arrival-Date: Mon,  2 Nov 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; MP
Original-Recipient: rfc822;MP
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.parliament.example
Diagnostic-Code: smtp; 550 5.1.1 <MP>: Recipient address rejected:
    User unknown

--4C1F20.1793613603/mail.site.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

RETURNED
--4C1F20.1793613603/mail.site.example--
"""

POSTFIX_EXPIRED = (
    POSTFIX.replace("Status: 5.1.1", "Status: 4.4.1")
    .replace(
        "Diagnostic-Code: smtp; 550 5.1.1 <MP>: Recipient address rejected:\n    User unknown",
        "Diagnostic-Code: X-Postfix; connect to mx.parliament.example[192.0.2.7]:25:\n    Connection timed out",
    )
    .replace("Recipient address rejected: User unknown", "Connection timed out")
)

POSTFIX_DELAYED = (
    POSTFIX.replace("Action: failed\nStatus: 5.1.1", "Action: delayed\nStatus: 4.4.1")
    .replace("Undelivered Mail Returned to Sender", "Delayed Mail (still being retried)")
    .replace("\n    User unknown", "\nWill-Retry-Until: Sat,  7 Nov 2026 10:00:00 +0000 (UTC)")
    .replace("550 5.1.1 <MP>: Recipient address rejected:", "connect to mx.parliament.example: timed out")
)

POSTFIX_DELIVERED = POSTFIX.replace("Action: failed\nStatus: 5.1.1", "Action: relayed\nStatus: 2.0.0").replace(
    "550 5.1.1 <MP>: Recipient address rejected:\n    User unknown", "250 2.0.0 Ok: queued"
)

EXCHANGE = """\
Return-Path: <>
X-Original-To: ADDRESS
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@parliament.example>
To: "ADDRESS" <ADDRESS>
Date: Mon, 2 Nov 2026 10:00:05 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_ddb1e3_LO2P265MB0001GBRP_"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-GB
Message-ID: <aaaa@LO2P265MB0001.GBRP265.PROD.OUTLOOK.COM>
In-Reply-To: <1@parley.localhost>
Subject: Undeliverable: Talks about talks
Auto-Submitted: auto-replied
MIME-Version: 1.0

--_ddb1e3_LO2P265MB0001GBRP_
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="_inner_"

--_inner_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Your message to MP couldn't be delivered.=20
ann.example.mp wasn't found at parliament.example.

--_inner_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PGh0bWw+PGI+Q291bGQgbm90IGJlIGRlbGl2ZXJlZDwvYj48L2h0bWw+

--_inner_--

--_ddb1e3_LO2P265MB0001GBRP_
Content-Type: message/delivery-status

Reporting-MTA: dns;LO2P265MB0001.GBRP265.PROD.OUTLOOK.COM
Received-From-MTA: dns;mail.site.example
Arrival-Date: Mon, 2 Nov 2026 10:00:01 +0000

Final-Recipient: rfc822;MP
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: Jane Doe

--_ddb1e3_LO2P265MB0001GBRP_
Content-Type: message/rfc822

RETURNED
--_ddb1e3_LO2P265MB0001GBRP_--
"""

EXCHANGE_GERMAN = (
    EXCHANGE.replace("Undeliverable:", "Unzustellbar:")
    .replace(
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "Diagnostic-Code: smtp;550 5.7.1 Nachricht von Jane Doe <jane@supporter.example> wurde abgelehnt (SW1A1AA)",
    )
    .replace("Status: 5.1.10", "Status: 5.7.1")
)

GOOGLE = """\
Delivered-To: ADDRESS
Return-Path: <>
To: ADDRESS
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
X-Failed-Recipients: MP
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <1@parley.localhost>
Message-ID: <690.0a1b2c.google@mx.google.com>
Content-Type: multipart/report; boundary="000000000000aa11"; report-type=delivery-status

--000000000000aa11
Content-Type: multipart/related; boundary="000000000000bb22"

--000000000000bb22
Content-Type: multipart/alternative; boundary="000000000000cc33"

--000000000000cc33
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to MP because the address couldn't be found, or is unable to receive mail.

--000000000000cc33--

--000000000000bb22
Content-Type: image/png; name="icon.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--000000000000bb22--

--000000000000aa11
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Mon, 02 Nov 2026 02:00:03 -0800 (PST)

Final-Recipient: rfc822; MP
Action: failed
Status: 5.1.1
Remote-MTA: dns; aspmx.l.google.com. (192.0.2.27, the server for the domain parliament.example.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please
 550-5.1.1 try double-checking the recipient's email address for typos or
 550 5.1.1 unnecessary spaces.

--000000000000aa11
Content-Type: message/rfc822

RETURNED
--000000000000aa11--
"""

EXIM = """\
Return-path: <>
Envelope-to: ADDRESS
Received: from Debian-exim by mx.parliament.example with local (Exim 4.96) id 1abcde-000001-2B
\tfor ADDRESS; Mon, 02 Nov 2026 10:00:02 +0000
X-Failed-Recipients: MP
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.parliament.example>
To: ADDRESS
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abcde-000001-2B@mx.parliament.example>
Date: Mon, 02 Nov 2026 10:00:02 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  MP
    host inner.parliament.example [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<MP>:
    550 No such person at this address

------ This is a copy of the message, including all the headers. ------

RETURNED"""

EXIM_DELAYED = """\
Return-path: <>
Envelope-to: ADDRESS
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.parliament.example>
To: ADDRESS
Subject: Warning: message 1abcde-000001-2B delayed 24 hours

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.parliament.example.

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals.
"""

QMAIL = """\
Return-Path: <>
Delivered-To: ADDRESS
Received: (qmail 12345 invoked for bounce); 2 Nov 2026 10:00:02 -0000
Date: 2 Nov 2026 10:00:02 -0000
From: MAILER-DAEMON@mx.parliament.example
To: ADDRESS
Subject: failure notice

Hi. This is the qmail-send program at mx.parliament.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<MP>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

RETURNED"""

GERMAN_PROSE = """\
Return-Path: <>
Delivered-To: ADDRESS
From: =?utf-8?Q?Zustellungsdienst_f=C3=BCr_Nachrichten?= <postmaster@post.example>
To: ADDRESS
Subject: =?utf-8?Q?Unzustellbar=3A_Gespr=C3=A4che?=
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Ihre Nachricht konnte nicht zugestellt werden. Der Server des Empf=E4ngers
antwortete:

    554 5.2.2 Postfach voll: <MP>

Bitte pr=FCfen Sie die Adresse.

-----Urspr=FCngliche Nachricht-----
RETURNED"""

WELSH_PROSE = """\
Return-Path: <>
X-Original-To: ADDRESS
From: System Bost <MAILER-DAEMON@post.cymru.example>
To: ADDRESS
Subject: Nid oedd modd danfon eich neges
Auto-Submitted: auto-replied
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<html><body><p>Ni chafodd eich neges ei chyflwyno i'r derbynnydd.</p>
<p>Ateb y gweinydd: 550 5.1.1 Nid yw&apos;r cyfeiriad hwn yn bodoli &mdash; tŷ gwag</p></body></html>
"""

UNREADABLE_DAEMON = """\
Return-Path: <>
Delivered-To: ADDRESS
From: postmaster@parliament.example
To: ADDRESS
Subject: Notice
Auto-Submitted: auto-generated

Your message could not be processed. Call extension 550 for help.
"""

OUTLOOK_AWAY = """\
Return-Path: <>
Delivered-To: ADDRESS
From: "EXAMPLE, Ann" <MP>
To: ADDRESS
Subject: Automatic reply: Talks about talks (Leeds)
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
X-MS-Exchange-Inbox-Rules-Loop: MP
MIME-Version: 1.0
Content-Type: text/plain; charset="us-ascii"

Thank you for your email. We had 550 5.1.1 letters this week: delivery failed is not what this says.
"""

VACATION = """\
Return-Path: <>
Delivered-To: ADDRESS
From: MP
To: ADDRESS
Subject: Away from my mail
Precedence: bulk
Auto-Submitted: auto-replied (vacation)
In-Reply-To: <1@parley.localhost>

I am on recess. 550 User unknown is a joke of mine.
"""

OLD_AUTORESPONDER = """\
Delivered-To: ADDRESS
From: Postmaster <postmaster@office.example>
X-Autoreply: yes
Precedence: auto_reply
To: ADDRESS
Subject: We have your message

550 5.1.1 is our ticket number.
"""

READ_RECEIPT = """\
Return-Path: <>
Delivered-To: ADDRESS
From: MP
To: ADDRESS
Subject: Not read: Talks about talks
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain

Deleted without being read. 550 5.1.1
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; MP
Disposition: automatic-action/MDN-sent-automatically; deleted
Action: failed
Status: 5.1.1

--b--
"""

PERSON = """\
Return-Path: <MP>
Delivered-To: ADDRESS
From: Ann Example <MP>
To: ADDRESS
Subject: Re: Talks about talks

Thank you. Did you get an error, 550 5.1.1 user unknown, when you wrote before?
"""

# A person who forwards a report as an attachment is not a mail server.
FORWARDED = """\
Return-Path: <MP>
Delivered-To: ADDRESS
From: Ann Example <MP>
To: ADDRESS
Subject: Fwd: Undeliverable
Content-Type: multipart/mixed; boundary="f"

--f
Content-Type: text/plain

What is this?
--f
Content-Type: message/rfc822

Content-Type: multipart/report; report-type=delivery-status; boundary="g"

--g
Content-Type: message/delivery-status

Final-Recipient: rfc822; MP
Action: failed
Status: 5.1.1

--g--
--f--
"""

FAILURES = {
    "postfix": POSTFIX,
    "postfix, expired": POSTFIX_EXPIRED,
    "exchange": EXCHANGE,
    "exchange, german": EXCHANGE_GERMAN,
    "google": GOOGLE,
    "exim": EXIM,
    "qmail": QMAIL,
    "german prose": GERMAN_PROSE,
    "welsh prose": WELSH_PROSE,
}
DELAYS = {"postfix": POSTFIX_DELAYED, "exim": EXIM_DELAYED}
NOT_REPORTS = {
    "postfix, delivered": POSTFIX_DELIVERED,
    "outlook, away": OUTLOOK_AWAY,
    "vacation": VACATION,
    "old autoresponder": OLD_AUTORESPONDER,
    "read receipt": READ_RECEIPT,
    "person": PERSON,
    "forwarded report": FORWARDED,
}


def fill(sample: str, address: str, mp: str = "ann.example.mp@parliament.example") -> bytes:
    """The sample as bytes, as it would come for this address."""
    text = sample.replace("RETURNED", RETURNED).replace("ADDRESS", address)
    return text.replace("MP:", f"{mp}:").replace("<MP>", f"<{mp}>").replace("MP\n", f"{mp}\n").encode()


def fill_for(sample: str, letter: Letter) -> bytes:
    """The sample as it would come back for this letter."""
    return fill(sample, letter.envelope_sender)
