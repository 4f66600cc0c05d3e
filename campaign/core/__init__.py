"""What any Django site could use. Nothing here knows of campaigns, MPs or letters."""
