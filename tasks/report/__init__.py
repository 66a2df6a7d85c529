"""What one run tells people: one plain `Report`, and its renderings."""
