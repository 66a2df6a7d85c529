"""What does an account's own server (PDS) do? Keep records and blobs, and give them out.

Source: @atproto/pds 0.5.35, `com.atproto.repo.*` and `com.atproto.identity.resolveHandle`.
"""

from collections.abc import Mapping
from typing import Any

from config.content_pictures import media_type
from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.social.bluesky_errors import RefusedError, missing, refusal, told
from connectors.sandbox.social.bluesky_ids import (
    POST,
    TID,
    blob_cid,
    did_of,
    record_cid,
    tid,
    uri_of,
)
from connectors.sandbox.social.bluesky_lexicon import check_post, images_of, marked
from connectors.sandbox.social.bluesky_network import ELSEWHERE, Item, Network, key_of
from connectors.sandbox.social.world import Entry, SocialAccount, StoredComment, StoredPost

LARGEST_BLOB = 5 * 1024 * 1024
MOST_ROWS, USUAL_ROWS = 100, 50

Body = Mapping[str, Any]


class Repo:
    """The repositories of all accounts."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._social = network.social

    def put(self, account: SocialAccount, body: Body) -> Response:
        """Make a record or replace it. `swapRecord: null`: only if there is none yet."""
        key, record = _required(body, "rkey"), self._checked(account, body)
        cid, there = record_cid(record), self._there(account, str(key))
        if there and there.cid == cid:
            return answer({"uri": there.uri, "cid": cid, "validationStatus": "valid"})
        if "swapRecord" in body and body["swapRecord"] != (there.cid if there else None):
            known = there.cid if there else "null"
            raise RefusedError(f"Record was at {known}", "InvalidSwap")
        if there:
            self._take_back(account, there)
        return self._keep(account, str(key), record)

    def create(self, account: SocialAccount, body: Body) -> Response:
        """Make a record; one that is there already breaks the real server."""
        record = self._checked(account, body)
        key = body.get("rkey") or tid(self._social.now(), f"made {self._social.number()}")
        if self._there(account, key):
            return refusal(500, "InternalServerError", "Internal Server Error")
        return self._keep(account, key, record)

    def delete(self, account: SocialAccount, body: Body) -> Response:
        """Take a record away; none is no error."""
        _own_repo(self._network, account, body)
        _post_collection(body)
        if there := self._there(account, _required(body, "rkey")):
            self._take_back(account, there)
            return answer({"commit": self._commit(there.uri)})
        return answer({})

    def upload(self, request: Request) -> Response:
        """Keep a blob until a record names it. What its bytes say of their type goes first."""
        given = request.headers.get("content-type", "")
        if not given:
            raise RefusedError("Request encoding (Content-Type) required but not provided")
        kind = media_type(request.body[:12]) or given
        if len(request.body) > LARGEST_BLOB:
            return refusal(413, "PayloadTooLarge", "request entity too large")
        cid, now = blob_cid(request.body), self._social.now()
        kept = {"bytes": request.body, "type": kind, "alt": "", "moment": now, "used": False}
        self._social.media.setdefault(cid, kept)
        blob = {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(request.body)}
        return answer({"blob": blob})

    def get(self, query: Mapping[str, str]) -> Response:
        """Return one record of anybody."""
        for name in ("repo", "collection", "rkey"):
            _param(query, name, "com.atproto.repo.getRecord")
        account = self._network.account(query["repo"])
        did = did_of(account.account_id) if account else query["repo"]
        uri = uri_of(did, query["rkey"])
        item = self._network.item(uri) if query["collection"] == POST else None
        if item is None:
            raise RefusedError(f"Could not locate record: {uri}", "RecordNotFound")
        return answer(_row(item))

    def list(self, query: Mapping[str, str]) -> Response:
        """Return a page of an account's records, the largest key first unless reversed."""
        method = "com.atproto.repo.listRecords"
        repo, collection = _param(query, "repo", method), _param(query, "collection", method)
        limit = int(query.get("limit", USUAL_ROWS))
        if limit > MOST_ROWS:
            sentence = f"integer too big (maximum {MOST_ROWS}, got {limit})"
            raise RefusedError(f"Invalid {method} params: {sentence}")
        account = self._network.account(repo)
        if account is None:
            raise RefusedError(f"Could not find repo: {repo}")
        items = self._network.records(account) if collection == POST else []
        forward, cursor = query.get("reverse") == "true", query.get("cursor")
        if forward:
            items = items[::-1]
        if cursor:
            items = [one for one in items if (one.key > cursor if forward else one.key < cursor)]
        page = items[:limit]
        end = {"cursor": page[-1].key} if page else {}
        return answer({"records": [_row(item) for item in page], **end})

    def resolve(self, query: Mapping[str, str]) -> Response:
        """Return whose handle it is."""
        handle = _param(query, "handle", "com.atproto.identity.resolveHandle")
        person = self._network.person(handle)
        if person is None:
            raise RefusedError("Unable to resolve handle", "HandleNotFound")
        return answer({"did": person.did})

    def _checked(self, account: SocialAccount, body: Body) -> Body:
        """Return the record of a body, after all that the server looks at."""
        for name in ("repo", "collection", "record"):
            _required(body, name)
        _own_repo(self._network, account, body)
        record, collection = body["record"], body["collection"]
        if not isinstance(record, dict):
            raise RefusedError(f"Expected object value type (got {told(record)}) at $.record")
        record = {"$type": collection, **record}
        if record["$type"] != collection:
            raise RefusedError(f"Invalid $type: expected {collection}, got {record['$type']}")
        _post_collection(body)
        check_post(record)
        self._check_blobs(record)
        return record

    def _check_blobs(self, record: Body) -> None:
        for image in images_of(record):
            blob = image["image"]
            kept = self._social.media.get(blob["ref"]["$link"])
            if kept is None:
                raise RefusedError(f"Could not find blob: {blob['ref']['$link']}", "BlobNotFound")
            if not kept["used"] and blob["size"] != len(kept["bytes"]):
                sizes = f"Expected: {len(kept['bytes'])}, Got: {blob['size']}"
                sentence = f"Referenced Size does not match stored blob. {sizes}"
                raise RefusedError(sentence, "InvalidSize")

    def _there(self, account: SocialAccount, key: str) -> Item | None:
        if not TID.fullmatch(key):
            sentence = f'Invalid TID string (got "{key}") at $'
            raise RefusedError(f"Invalid record key for {POST}: {sentence}")
        own = self._network.records(account)
        return next((item for item in own if item.key == key), None)

    def _keep(self, account: SocialAccount, key: str, record: Body) -> Response:
        """Let the world have what a record says."""
        self._network.look_again()
        did = did_of(account.account_id)
        uri, cid = uri_of(did, key), record_cid(record)
        for image in images_of(record):
            self._social.media[image["image"]["ref"]["$link"]] |= {
                "alt": image["alt"],
                "used": True,
            }
        details = {"record": record, "marked": marked(record), "did": did}
        if "reply" in record:
            self._social.reply(key_of(account), self._comment(account, uri, record, details))
        else:
            self._social.publish(key_of(account), uri, record["text"], details)
        made = {"uri": uri, "cid": cid, "commit": self._commit(uri), "validationStatus": "valid"}
        return answer(made)

    def _comment(self, account: SocialAccount, uri: str, record: Body, details: Body) -> Any:
        root = self._network.item(record["reply"]["root"]["uri"])
        parent = self._network.item(record["reply"]["parent"]["uri"])
        under = root.stored.post_id if root and isinstance(root.stored, StoredPost) else ELSEWHERE
        said = parent.stored if parent else None
        return StoredComment(
            comment_id=uri,
            post_id=under,
            at=self._social.now(),
            text=record["text"],
            author=account.name,
            by_us=True,
            parent_id=said.comment_id if isinstance(said, StoredComment) else "",
            details=details,
        )

    def _take_back(self, account: SocialAccount, item: Item) -> None:
        if isinstance(item.stored, StoredPost):
            self._social.delete(key_of(account), item.stored.post_id)
            return
        self._network.taken_back.add(item.uri)
        text, now = item.stored.text, self._social.now()
        self._social.log.append(Entry(*key_of(account), "deletion", item.uri, now, text))

    def _commit(self, uri: str) -> dict[str, str]:
        number = self._social.number()
        rev = tid(self._social.now(), f"commit {number}")
        return {"cid": record_cid({"commit": number, "of": uri}), "rev": rev}


def _row(item: Item) -> dict[str, Any]:
    return {"uri": item.uri, "cid": item.cid, "value": item.record}


def _required(body: Body, name: str) -> Any:
    if name not in body:
        raise missing(name, " at $")
    return body[name]


def _param(query: Mapping[str, str], name: str, method: str) -> str:
    if name not in query:
        raise RefusedError(f'Invalid {method} params: Missing required key "{name}"')
    return query[name]


def _own_repo(network: Network, account: SocialAccount, body: Body) -> None:
    repo = network.account(str(_required(body, "repo")))
    if repo is None:
        raise RefusedError("Account not found", "AccountNotFound", 403)
    if repo != account:
        raise RefusedError("Authentication Required", "AuthenticationRequired", 401)


def _post_collection(body: Body) -> None:
    if body["collection"] != POST:
        raise RefusedError(f"Unknown lexicon type: {body['collection']}")
