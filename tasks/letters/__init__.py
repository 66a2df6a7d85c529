"""What is said in mail to customers, in their words? Decisions only."""
