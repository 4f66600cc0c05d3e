"""What every Django site could use: nothing here knows of campaigns, members of Parliament or letters."""
