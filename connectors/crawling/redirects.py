"""Where do a page's redirects lead? Hop by hop, in a bounded number of them, in no circle."""

from dataclasses import dataclass, field

from connectors.addresses import same_site

MOST = 10


@dataclass(slots=True)
class Chain:
    """A page that answered with a redirect, and the hops so far; the last one is to be asked."""

    url: str
    status: int  # of the last answer
    hops: list[str] = field(default_factory=list)

    def dead_end(self) -> str:
        """Return why the last hop is not followed; '' if it is."""
        last = self.hops[-1]
        if not last:
            self.hops.pop()
            return "redirects to no address"
        if last == self.url or last in self.hops[:-1]:
            return "redirects in a circle"
        if len(self.hops) > MOST:
            return f"more than {MOST} redirects"
        if not same_site(last, self.url):
            return "leads to another site"
        return ""
