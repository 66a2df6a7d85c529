"""What do we say on social networks, when, and what did it do? Decisions only."""
