"""How the warehouse's tables and views came to be, step by step."""
