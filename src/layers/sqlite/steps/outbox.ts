/** Deliveries leave the mailbox of their account, each with its place: only the first of its chat can be sent. */

/** What a message's number says of when it was saved, in Unix ms. */
const SAVED_AT = "(id >> 22) + 1735689600000"
/** The key of a delivery, by which it is not accepted twice: its id, or of a retry `retry:<attempt>:<id>`. */
const KEY = "substr(message_key, length('Account/' || entity_id || '/Deliver/') + 1)"

/** Of what is finished only its key is left. */
const FINISHED = `
  SELECT entity_id AS account_id, ${KEY} AS key, lane, ${SAVED_AT} AS accepted_at, finished_at FROM mailbox
  WHERE processed = 1 AND entity_type = 'Account' AND kind = 'Request' AND message_key IS NOT NULL`

export const outbox = `
-- \`place\`: whether it is the first of its chat, behind another one, or over. It waits until \`due_at\`; what was not
-- sent by \`useful_until\` is not sent.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  chat TEXT NOT NULL,
  delivery TEXT NOT NULL,
  accepted_at INTEGER NOT NULL,
  useful_until INTEGER,
  place TEXT NOT NULL CHECK (place IN ('first', 'behind', 'ended')),
  due_at INTEGER NOT NULL DEFAULT 0,
  progress TEXT NOT NULL DEFAULT '{"pauses":0}',
  ended_at INTEGER,
  UNIQUE (account_id, delivery_id, attempt)
) STRICT;
CREATE INDEX outbox_due ON outbox (account_id, due_at, seq) WHERE place = 'first';
CREATE INDEX outbox_accepted ON outbox (account_id, accepted_at, seq) WHERE place = 'first';
CREATE INDEX outbox_useful ON outbox (account_id, useful_until, seq) WHERE place = 'first' AND useful_until IS NOT NULL;
CREATE INDEX outbox_of_chat ON outbox (account_id, chat, seq) WHERE place <> 'ended';
CREATE INDEX outbox_open ON outbox (seq) WHERE place <> 'ended';
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE ended_at IS NOT NULL;

INSERT OR IGNORE INTO outbox (account_id, delivery_id, attempt, chat, delivery, accepted_at, place, ended_at)
  SELECT account_id, key, 0, lane, '', accepted_at, 'ended', finished_at FROM (${FINISHED})
  WHERE key NOT GLOB 'retry:[0-9]*:*'
  UNION ALL
  SELECT account_id, substr(key, 7 + instr(substr(key, 7), ':')), CAST(substr(key, 7) AS INTEGER), lane, '',
    accepted_at, 'ended', finished_at
  FROM (${FINISHED}) WHERE key GLOB 'retry:[0-9]*:*';
INSERT INTO outbox
    (account_id, delivery_id, attempt, chat, delivery, accepted_at, due_at, useful_until, place)
  SELECT entity_id, json_extract(envelope, '$.payload.id'),
    coalesce(json_extract(envelope, '$.payload.attempt'), 0), lane, json_extract(envelope, '$.payload'),
    ${SAVED_AT}, 0, json_extract(envelope, '$.payload.expiresAt'), 'behind'
  FROM mailbox
  WHERE processed = 0 AND entity_type = 'Account' AND kind = 'Request'
    AND json_extract(envelope, '$.payload.id') IS NOT NULL
  ORDER BY seq;
UPDATE outbox SET place = 'first' WHERE place = 'behind'
  AND seq IN (SELECT min(seq) FROM outbox WHERE place = 'behind' GROUP BY account_id, chat);

DELETE FROM mailbox_chunk WHERE request_id IN (SELECT request_id FROM mailbox WHERE entity_type = 'Account');
DELETE FROM mailbox WHERE entity_type = 'Account';
-- Nothing is read lane by lane any more.
DROP INDEX mailbox_waiting_in;
`
