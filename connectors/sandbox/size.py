"""A market of any size for benchmarks: one ad group and one ad per campaign, nothing goes wrong."""

from connectors.sandbox import draws
from connectors.sandbox.structure import Account, Ad, AdGroup, Brand, Campaign, Kind, Scenario

GOOGLE_ACCOUNT = "9990001111"
META_ACCOUNT = "9990000001"


def sized(campaigns: int, seed: int = 1) -> Scenario:
    """Return a scenario with one Google and one Meta account of `campaigns` campaigns each."""
    if campaigns < 1:
        raise ValueError(f"a market needs at least one campaign, not {campaigns}")
    google = Account(
        platform="google_ads",
        account_id=GOOGLE_ACCOUNT,
        name="Sized market",
        currency="EUR",
        time_zone="Europe/Berlin",
        campaigns=tuple(_campaign(seed, i, 30_000_000_000, "search") for i in range(campaigns)),
    )
    meta = Account(
        platform="meta_ads",
        account_id=META_ACCOUNT,
        name="Sized market",
        currency="EUR",
        time_zone="Europe/Berlin",
        lag_days=28,
        campaigns=tuple(
            _campaign(seed, i, 120_300_000_000_000_000, "sales") for i in range(campaigns)
        ),
    )
    return Scenario("size", (Brand("sized", (google, meta)),))


def _campaign(seed: int, number: int, first_id: int, kind: Kind) -> Campaign:
    def between(purpose: str, low: float, high: float) -> float:
        drawn = int(draws.key(seed, "size", purpose, str(number))) % 10_007
        return low + (high - low) * drawn / 10_007

    campaign_id = first_id + 10 * number
    spend = between("spend", 20, 400)
    ad = Ad(campaign_id + 2, f"Ad {number}", 1, "offer")
    return Campaign(
        campaign_id=campaign_id,
        name=f"Campaign {number:06d}",
        kind=kind,
        daily_budget=round(spend * between("budget", 1.3, 1.6), 2),
        daily_spend=spend,
        cpc=between("cpc", 0.3, 2.5),
        click_rate=between("ctr", 0.01, 0.08),
        conversion_rate=between("cvr", 0.02, 0.09),
        order_value=between("value", 30, 120),
        ad_groups=(AdGroup(campaign_id + 1, f"Ad group {number}", 1, (ad,)),),
    )
