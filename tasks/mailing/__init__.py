"""What goes out now, how fast, and when must it stop? Decisions only."""
