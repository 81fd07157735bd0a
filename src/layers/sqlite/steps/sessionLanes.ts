/** The chats of a session's messages, so that a paused one can be left in the store. */

/** What waits already for a session, by where its reply goes; of what is finished nobody asks. */
const LANE_OF_MESSAGE = `
  json_extract(envelope, '$.payload.envelope.accountId') || ' ' || coalesce(
    'chat_id:' || json_extract(envelope, '$.payload.envelope.chatId'),
    coalesce(json_extract(envelope, '$.payload.envelope.service'), 'auto') || ':' ||
      json_extract(envelope, '$.payload.envelope.sender'))`

export const sessionLanes = `
UPDATE mailbox SET lane = coalesce(${LANE_OF_MESSAGE}, '')
  WHERE processed = 0 AND entity_type = 'Session' AND kind = 'Request';
`
