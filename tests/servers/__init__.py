"""Real servers for tests, each on a free port with a temporary folder, gone when the test run ends."""
