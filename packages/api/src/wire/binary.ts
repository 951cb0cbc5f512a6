import { PlimsollError } from '@plimsoll/core/math';

// Commands as binary frames: nothing is parsed but lengths. Spec: stream 3.4.
//
//   u8 kind: 1 submit, 2 submit with events in the receipts
//   u32 request id · u16 count · count × (65 bytes signature · u32 length · canonical body)
//
// Integers are little-endian. A body is what `encodeCommandBody` of the core writes.

/** A binary frame that is not what this page says. */
export class MalformedFrameError extends PlimsollError {}

const SUBMIT = 1;
const SUBMIT_WITH_EVENTS = 2;
const HEAD_BYTES = 7;
const SIGNATURE_BYTES = 65;

/** A command in its canonical bytes with the signature over it. */
export interface SignedBody {
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

export interface SubmitFrame {
  /** The client's own, 0 … 2^32 − 1. */
  readonly id: number;
  readonly withEvents: boolean;
  readonly commands: readonly SignedBody[];
}

/** The bytes of a frame; signatures have 65 bytes, there are at most 65,535 commands. */
export function encodeSubmitFrame(frame: SubmitFrame): Uint8Array<ArrayBuffer> {
  const { commands } = frame;
  let length = HEAD_BYTES;
  for (const { body } of commands) length += SIGNATURE_BYTES + 4 + body.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, frame.withEvents ? SUBMIT_WITH_EVENTS : SUBMIT);
  view.setUint32(1, frame.id, true);
  view.setUint16(5, commands.length, true);
  let at = HEAD_BYTES;
  for (const { body, signature } of commands) {
    if (signature.length !== SIGNATURE_BYTES) malformed('a signature has 65 bytes', at);
    bytes.set(signature, at);
    view.setUint32(at + SIGNATURE_BYTES, body.length, true);
    bytes.set(body, at + SIGNATURE_BYTES + 4);
    at += SIGNATURE_BYTES + 4 + body.length;
  }
  return bytes;
}

/**
 * Reads a frame without copying: bodies and signatures are views of `bytes`.
 *
 * @throws MalformedFrameError with the place where it ends to make sense.
 */
export function decodeSubmitFrame(bytes: Uint8Array): SubmitFrame {
  if (bytes.length < HEAD_BYTES) malformed('it is shorter than its head', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = view.getUint8(0);
  if (kind !== SUBMIT && kind !== SUBMIT_WITH_EVENTS) malformed('its kind is not 1 or 2', 0);
  const count = view.getUint16(5, true);
  const commands: SignedBody[] = [];
  let at = HEAD_BYTES;
  for (let i = 0; i < count; i++) {
    const bodyAt = at + SIGNATURE_BYTES + 4;
    if (bodyAt > bytes.length) malformed(`command ${i} is cut off`, at);
    const end = bodyAt + view.getUint32(bodyAt - 4, true);
    if (end > bytes.length) malformed(`command ${i} is cut off`, at);
    commands.push({
      signature: bytes.subarray(at, at + SIGNATURE_BYTES),
      body: bytes.subarray(bodyAt, end),
    });
    at = end;
  }
  if (at !== bytes.length) malformed('there is more behind the last command', at);
  return { id: view.getUint32(1, true), withEvents: kind === SUBMIT_WITH_EVENTS, commands };
}

/** The id of a frame that may be malformed otherwise; null when it is too short to have one. */
export function submitFrameId(bytes: Uint8Array): number | null {
  if (bytes.length < HEAD_BYTES) return null;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(1, true);
}

function malformed(what: string, at: number): never {
  throw new MalformedFrameError({
    code: 'FRAME_MALFORMED',
    message: `a binary frame cannot be read: ${what}`,
    facts: { at },
  });
}
