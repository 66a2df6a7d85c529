"""Reading public websites politely: robots.txt, sitemaps, pages, feeds.

The crawl itself runs on Scrapy in a process of its own (`python -m connectors.crawling`), because
Twisted's reactor cannot be started twice in one process, and because whatever a hostile page does
to a parser then happens elsewhere. `running.py` starts it and yields its records.

Who asks: `spider.py`. What comes next: `frontier.py`, bounded by `traps.py`. Where we do not go:
`robots.py` and `places.py`. How an answer is read: `fetching.py`, `extraction.py`, `sitemaps.py`.
"""
