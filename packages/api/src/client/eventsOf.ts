import { decodeJsonEvent, type Event, isJsonProblem, type JsonValue } from '@plimsoll/core/schema';
import { ProtocolError } from './errors.ts';

/**
 * Events as the machine has them, with amounts as bigints: of a receipt, or of a message.
 *
 * @throws ProtocolError when one is of a kind that this release does not know.
 */
export function eventsOf(from: { readonly events?: readonly JsonValue[] }): readonly Event[] {
  return (from.events ?? []).map(eventOf);
}

/** One event, as `eventsOf`. */
export function eventOf(json: JsonValue): Event {
  const event = decodeJsonEvent(json);
  if (!isJsonProblem(event)) return event;
  throw new ProtocolError({
    code: 'EVENT_UNKNOWN',
    message: `an event of the node cannot be read: ${event.path} ${event.message}`,
    remedy: 'use a client of the release of the node',
  });
}
