"""Does a campaign fit its brand? Every misfit, with its line."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.content_times import PublishTimeError, moment
from config.mail_sequence_rules import MailWords, plan_problems, unknown
from config.mail_sequences import Campaign, CampaignTest
from config.models import Brand
from config.problems import Problem, choose, quoted
from config.yaml_source import Source


def campaign_problems(
    source: Source, campaign: Campaign, brand: Brand, words: MailWords, name: str
) -> Iterator[Problem]:
    """Yield what is wrong with a campaign of the right shape."""
    yield from plan_problems(source, campaign, brand, words, f"mail approve campaign {name}")
    yield from unknown(source, ("segment",), "segment", campaign.segment, words.segments)
    for position, segment in enumerate(campaign.exclude):
        yield from unknown(source, ("exclude", position), "segment", segment, words.segments)
        if segment == campaign.segment:
            yield source.problem(("exclude", position), "excludes everybody", "remove it")
    yield from unknown(source, ("template",), "template", campaign.template, words.templates)
    yield from _time(source, campaign, brand)
    if campaign.test:
        yield from _test(source, campaign.test, words)
    for cap in brand.mail.caps:
        if cap.messages == 0:
            message = f"can never go out: the brand's cap is 0 in {cap.days} days"
            yield source.problem(("send_at",), message, "raise the brand's cap")


def _time(source: Source, campaign: Campaign, brand: Brand) -> Iterator[Problem]:
    """A time of day that only some people's zones leave out is moved for them; the brand's own
    must exist."""
    try:
        zone = ZoneInfo("UTC" if campaign.local else brand.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return  # the brand file's problem
    try:
        moment(campaign.send_at, zone)
    except PublishTimeError as error:
        yield source.problem(("send_at",), error.message, error.remedy)


def _test(source: Source, test: CampaignTest, words: MailWords) -> Iterator[Problem]:
    if len(test.arms) < 2:
        yield source.problem(("test", "arms"), "compares nothing", "name two arms or more")
    if test.fallback not in test.arms:
        message = f"no arm {quoted(test.fallback)}"
        yield source.problem(("test", "fallback"), message, choose(test.fallback, test.arms))
    seen: set[tuple[str, str]] = set()
    for name, arm in test.arms.items():
        path = ("test", "arms", name)
        if arm.template:
            yield from unknown(
                source, (*path, "template"), "template", arm.template, words.templates
            )
        if (arm.template, arm.subject) in seen:
            yield source.problem(path, "is the same as another arm", "change it, or remove it")
        seen.add((arm.template, arm.subject))
    if test.base * (1 + test.least_difference) >= 1:
        message = "with this difference would be above everybody"
        yield source.problem(("test", "base"), message, "lower one of the two")
