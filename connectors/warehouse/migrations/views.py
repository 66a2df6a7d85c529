"""What do analysts read without joins? The text of the views, for the migrations that make them.

A released migration must keep making what it made: change a view by adding a new text here and
a migration that uses it.
"""

FIGURES = (
    "p.spend, p.impressions, p.clicks, p.conversions, p.conversions_value, p.more, e.entity_key"
)

OWNER = (
    "p.date_day, a.brand, a.platform, a.account_id, a.name AS account_name, a.currency, a.time_zone"
)

ABOVE = {
    "account": "",
    "campaign": "e.entity_id AS campaign_id, e.name AS campaign_name, ",
    "ad_group": (
        "e.campaign_id, c.name AS campaign_name, "
        "e.entity_id AS ad_group_id, e.name AS ad_group_name, "
    ),
}
BELOW_AD_GROUP = (
    "e.campaign_id, c.name AS campaign_name, e.parent_id AS ad_group_id, "
    "g.name AS ad_group_name, e.entity_id AS {level}_id, e.name AS {level}_name, "
)

LEVELS = ("account", "campaign", "ad_group", "ad", "keyword", "search_term")


def performance_view(level: str) -> tuple[str, str]:
    """Return the name and query of one level's daily figures, without breakdowns."""
    names = ABOVE.get(level, BELOW_AD_GROUP.format(level=level))
    joins = ""
    if level not in {"account", "campaign"}:
        joins += (
            " LEFT JOIN entities c ON c.account_key = e.account_key AND c.level = 'campaign'"
            " AND c.entity_id = e.campaign_id"
        )
    if level not in ABOVE:
        joins += (
            " LEFT JOIN entities g ON g.account_key = e.account_key AND g.level = 'ad_group'"
            " AND g.entity_id = e.parent_id"
        )
    query = (
        f"SELECT {OWNER}, {names}e.status AS {level}_status, {FIGURES} "  # noqa: S608, constants
        "FROM performance_daily p JOIN entities e ON e.entity_key = p.entity_key "
        f"JOIN accounts a ON a.account_key = e.account_key{joins} "
        f"WHERE p.breakdown = '' AND e.level = '{level}'"
    )
    return f"{level}_performance_daily", query


OPEN_ALERTS = (
    "open_alerts",
    """
    SELECT l.alert_id, l.brand, l.process, l.check_name, l.verdict, l.state, a.platform,
           a.account_id, a.name AS account_name, e.level, e.entity_id, l.name AS entity_name,
           l.sentence, l.value, l.target, l.owner, l.opened_at, l.last_seen_at, l.times_seen,
           l.fingerprint
    FROM alerts l
    LEFT JOIN accounts a ON a.account_key = l.account_key
    LEFT JOIN entities e ON e.entity_key = l.entity_key
    WHERE l.state <> 'resolved'
    """,
)

LATEST_CHECK_RESULTS = (
    "latest_check_results",
    """
    SELECT r.brand, r.process, r.as_of, r.check_name, r.level, a.platform, a.account_id,
           a.name AS account_name, e.entity_id, r.name AS entity_name, r.verdict, r.kpi, r.unit,
           r.value, r.target, r.previous, r.window_start, r.window_end, r.sentence, r.reason,
           r.numbers, r.owner, r.run_id
    FROM check_results r
    JOIN (SELECT brand, process, max(as_of) AS as_of FROM check_results GROUP BY brand, process) n
      ON n.brand = r.brand AND n.process = r.process AND n.as_of = r.as_of
    LEFT JOIN accounts a ON a.account_key = r.account_key
    LEFT JOIN entities e ON e.entity_key = r.entity_key
    """,
)

VIEWS = (*map(performance_view, LEVELS), OPEN_ALERTS, LATEST_CHECK_RESULTS)
"""Name and query of every view of migration 0001."""

OPEN_ACTIONS = (
    "open_actions",
    """
    SELECT n.action_id, n.brand, n.process, n.playbook, n.state, a.platform, a.account_id,
           a.name AS account_name, n.level, n.entity_id, n.name AS entity_name, n.field, n.item,
           n.value_before, n.value_after, n.number_before, n.number_after, n.unit, n.currency,
           n.sentence, n.risk, n.undo, n.owner, n.mode, n.created_at, n.expires_at, n.as_of,
           n.takes_back, n.run_id
    FROM actions n
    JOIN accounts a ON a.account_key = n.account_key
    WHERE n.state IN ('proposed', 'approved', 'applying')
    """,
)

ACTION_LOG = (
    "action_log",
    """
    SELECT v.event_id, v.at, v.action_id, v.version, v.state, v.actor, v.reason, v.explanation,
           v.details, n.brand, n.process, n.playbook, n.check_name, a.platform, a.account_id,
           a.name AS account_name, n.level, n.entity_id, n.name AS entity_name, n.field, n.item,
           n.value_before, n.value_after, n.number_before, n.number_after, n.unit, n.currency,
           n.state AS state_now, n.judged, n.as_of, n.takes_back, n.run_id
    FROM action_events v
    JOIN actions n ON n.action_id = v.action_id
    JOIN accounts a ON a.account_key = n.account_key
    """,
)

ACTION_VIEWS = (OPEN_ACTIONS, ACTION_LOG)
"""Name and query of every view of migration 0002."""

ABOVE_PAGES = {
    "segment": "",
    "page": "",
    "query": "",
    "query_page": "e.parent_id AS page_id, g.name AS page_name, g.url AS page_url, ",
}
"""Which names of other entities the view of a site's level has."""


def site_performance_view(level: str) -> tuple[str, str]:
    """Return the name and query of the daily figures of a level of sites, without breakdowns."""
    own = f"e.entity_id AS {level}_id, e.name AS {level}_name, e.url AS {level}_url, "
    joins = ""
    if ABOVE_PAGES[level]:
        joins = (
            " LEFT JOIN entities g ON g.account_key = e.account_key AND g.level = 'page'"
            " AND g.entity_id = e.parent_id"
        )
    query = (
        f"SELECT {OWNER}, {ABOVE_PAGES[level]}{own}e.status AS {level}_status, {FIGURES} "  # noqa: S608, constants
        "FROM performance_daily p JOIN entities e ON e.entity_key = p.entity_key "
        f"JOIN accounts a ON a.account_key = e.account_key{joins} "
        f"WHERE p.breakdown = '' AND e.level = '{level}'"
    )
    return f"{level}_performance_daily", query


SITE_PAGES_LATEST = (
    "site_pages_latest",
    """
    SELECT a.brand, a.platform, a.account_id, a.name AS account_name, c.crawl_id, c.started_at,
           c.finished_at, p.url, p.asked_at, p.status, p.reason, p.led_to, p.final_status,
           p.content_type, p.size, p.seconds, p.depth, p.found_by, p.title, p.description,
           p.canonical, p.robots, p.language, p.words, p.text_hash, p.modified, s.text_since,
           s.first_seen, p.more
    FROM (SELECT account_key, max(crawl_id) AS crawl_id FROM crawls
          WHERE kind = 'full' AND state = 'complete' GROUP BY account_key) n
    JOIN crawls c ON c.crawl_id = n.crawl_id
    JOIN accounts a ON a.account_key = n.account_key
    JOIN crawled_pages p ON p.crawl_id = n.crawl_id
    LEFT JOIN site_pages s ON s.account_key = n.account_key AND s.url_key = p.url_key
    """,
)

OPEN_WORK_ITEMS = (
    "open_work_items",
    """
    SELECT i.item_id, i.brand, i.process, i.origin, i.check_name, i.priority, i.owner, i.due_on,
           i.title, i.remedy, i.evidence, i.numbers, a.platform, a.account_id,
           a.name AS account_name, e.level, e.entity_id, i.name AS entity_name, e.url AS entity_url,
           i.opened_at, i.opened_as_of, i.last_as_of, i.escalated_to, i.version, i.fingerprint
    FROM work_items i
    LEFT JOIN accounts a ON a.account_key = i.account_key
    LEFT JOIN entities e ON e.entity_key = i.entity_key
    WHERE i.state = 'open'
    """,
)

PAGE_SPEED_LATEST = (
    "page_speed_latest",
    """
    SELECT a.brand, a.platform, a.account_id, a.name AS account_name, s.url, s.source,
           s.form_factor, s.measured_at, s.period_start, s.period_end, s.largest_contentful_paint,
           s.interaction_to_next_paint, s.cumulative_layout_shift, s.first_contentful_paint,
           s.time_to_first_byte, s.total_blocking_time, s.performance, s.version, s.runs, s.reason
    FROM page_speed s
    JOIN (SELECT account_key, url_key, source, form_factor, max(measured_at) AS measured_at
          FROM page_speed GROUP BY account_key, url_key, source, form_factor) n
      ON n.account_key = s.account_key AND n.url_key = s.url_key AND n.source = s.source
     AND n.form_factor = s.form_factor AND n.measured_at = s.measured_at
    JOIN accounts a ON a.account_key = s.account_key
    """,
)

SITE_VIEWS = (
    *map(site_performance_view, ABOVE_PAGES),
    SITE_PAGES_LATEST,
    OPEN_WORK_ITEMS,
    PAGE_SPEED_LATEST,
)
"""Name and query of every view of migration 0003."""

HOURS_OLD = {
    "sqlite": "(julianday(e.taken_at) - julianday(p.published_at)) * 24",
    "postgresql": "EXTRACT(EPOCH FROM e.taken_at - p.published_at)::double precision / 3600",
}
"""How old a post was at a snapshot, in the database's own words."""


def social_post_performance(database: str) -> tuple[str, str]:
    """Return the name and query of the view of migration 0004: each post with the newest figures
    that were read, and how many hours old it was then."""
    hours = HOURS_OLD[database]
    query = f"""
    SELECT a.brand, a.platform, a.account_id, a.name AS account_name, p.post_id, p.published_at,
           p.text, p.url, p.language, p.gone_at, e.taken_at,
           CASE WHEN e.taken_at < p.published_at THEN 0.0 ELSE {hours} END AS age_hours,
           e.impressions, e.reactions, e.comments, e.shares, e.clicks
    FROM social_posts p
    JOIN accounts a ON a.account_key = p.account_key
    LEFT JOIN social_engagement e
      ON e.account_key = p.account_key AND e.post_id = p.post_id
     AND e.taken_at = (SELECT max(n.taken_at) FROM social_engagement n
                       WHERE n.account_key = p.account_key AND n.post_id = p.post_id)
    """  # noqa: S608, our own words
    return "social_post_performance", query


CUSTOMERS = (
    "customers",
    """
    SELECT k.brand, k.person_key, s.stage, s.as_of AS scored_as_of, s.orders, s.value,
           s.first_order, s.last_order, s.r, s.f, s.m, s.p_alive, s.expected_orders,
           s.expected_value, p.consent, p.consent_at, p.signed_up_at, p.first_seen_at, p.language,
           p.country, CASE WHEN p.address_key IS NULL THEN 0 ELSE 1 END AS has_address,
           CASE WHEN EXISTS (SELECT 1 FROM suppressions x WHERE x.brand = p.brand
                             AND x.address_key = p.address_key) THEN 1 ELSE 0 END AS suppressed
    FROM (SELECT brand, person_key FROM people
          UNION SELECT brand, person_key FROM customer_scores) k
    LEFT JOIN people p ON p.person_key = k.person_key
    LEFT JOIN customer_scores s ON s.person_key = k.person_key
    """,
)
"""Who buys without being in the list of customers is here too, with an unknown consent."""

UTC_DAY = {
    "sqlite": "date(m.handed_at)",
    "postgresql": "CAST(m.handed_at AT TIME ZONE 'UTC' AS date)",
}
"""The day on which a message was handed over, in the database's own words."""


def mail_performance(database: str) -> tuple[str, str]:
    """Return the name and query of the view of migration 0005: what came of the messages that
    went out on a day. Each message counts once in each column; what the server would not take
    counts as sent and bounced, what is in doubt as sent."""
    day = UTC_DAY[database]
    groups = f"m.brand, m.kind, m.source, m.step, m.arm, m.segment, m.provider, {day}"
    hard = "(m.state = 'refused' AND coalesce(m.code, 500) >= 500 OR e.hard = 1)"
    bounced = "(m.state = 'refused' OR e.hard = 1 OR e.soft = 1)"
    columns = {
        "delivered": f"NOT coalesce({bounced}, FALSE)",
        "hard_bounced": hard,
        "soft_bounced": f"{bounced} AND NOT coalesce({hard}, FALSE)",
        "complaints": "e.complaint = 1",
        "unsubscribes": "e.unsubscribe = 1",
        "clicks": "e.click = 1",
    }
    counts = ", ".join(
        f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {name}"
        for name, condition in columns.items()
    )
    kinds = {"hard": "hard_bounce", "soft": "soft_bounce", "complaint": "complaint",
             "unsubscribe": "unsubscribe", "click": "click"}  # fmt: skip
    came = ", ".join(
        f"max(CASE WHEN kind = '{kind}' THEN 1 ELSE 0 END) AS {name}"
        for name, kind in kinds.items()
    )
    query = f"""
    SELECT m.brand, m.kind, m.source, m.step, m.arm, m.segment, m.provider, {day} AS date_day,
           count(*) AS sent, {counts}
    FROM mail_messages m
    LEFT JOIN (SELECT message_key, {came} FROM mail_events WHERE message_key IS NOT NULL
               GROUP BY message_key) e ON e.message_key = m.message_key
    WHERE m.handed_at IS NOT NULL AND m.state IN ('sent', 'doubtful', 'refused')
    GROUP BY {groups}
    """  # noqa: S608, our own words
    return "mail_performance", query
