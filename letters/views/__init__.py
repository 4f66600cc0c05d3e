"""The supporter's pages: `journey` up to the check, `sending` what leaves the site, `letter` behind secret links."""
