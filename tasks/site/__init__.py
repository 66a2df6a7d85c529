"""What is so of a website: decisions on what crawls, search engines and visitors tell."""
