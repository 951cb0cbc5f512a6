import type { OpenedSignature } from '@plimsoll/api';
import { bytesOfHex, hexOfBytes } from '@plimsoll/api/signing';
import type { Problem } from '@plimsoll/api/wire';

/** What is signed: a command, as `encodeCommandBody` writes it, or prices, as `encodePrices`. */
export const SIGNED = { command: 0, prices: 1 } as const;
export type Signed = (typeof SIGNED)[keyof typeof SIGNED];

/** One signature to open. */
export interface OpenRequest {
  readonly signed: Signed;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

export type OpenAnswer = OpenedSignature | Problem;

/** Answers to a batch: 52 bytes for each (signer, digest), zeros where there is a problem. */
export interface BatchAnswers {
  readonly bytes: Uint8Array;
  readonly problems: readonly (readonly [index: number, problem: Problem])[];
}

const SIGNER_BYTES = 20;
const ANSWER_BYTES = 52;
const HEAD_BYTES = 9;

/** One message to a worker, to be transferred: count, then head, signature and body of each. */
export function encodeRequests(requests: readonly OpenRequest[]): Uint8Array {
  const length = requests.reduce(
    (sum, { body, signature }) => sum + HEAD_BYTES + body.length + signature.length,
    4,
  );
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, requests.length, true);
  let at = 4;
  for (const { signed, body, signature } of requests) {
    view.setUint8(at, signed);
    view.setUint32(at + 1, signature.length, true);
    view.setUint32(at + 5, body.length, true);
    bytes.set(signature, at + HEAD_BYTES);
    bytes.set(body, at + HEAD_BYTES + signature.length);
    at += HEAD_BYTES + signature.length + body.length;
  }
  return bytes;
}

/** Views of the message. */
export function decodeRequests(bytes: Uint8Array): OpenRequest[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 4;
  return Array.from({ length: view.getUint32(0, true) }, () => {
    const signed = view.getUint8(at) === SIGNED.prices ? SIGNED.prices : SIGNED.command;
    const body = at + HEAD_BYTES + view.getUint32(at + 1, true);
    const end = body + view.getUint32(at + 5, true);
    const request = {
      signed,
      signature: bytes.subarray(at + HEAD_BYTES, body),
      body: bytes.subarray(body, end),
    };
    at = end;
    return request;
  });
}

export function encodeAnswers(answers: readonly OpenAnswer[]): BatchAnswers {
  // No Buffer: the slice of one would be a view.
  const bytes = new Uint8Array(ANSWER_BYTES * answers.length);
  const problems: [number, Problem][] = [];
  answers.forEach((answer, i) => {
    if (isProblem(answer)) {
      problems.push([i, answer]);
      return;
    }
    bytes.set(bytesOfHex(answer.signer), ANSWER_BYTES * i);
    bytes.set(answer.digest, ANSWER_BYTES * i + SIGNER_BYTES);
  });
  return { bytes, problems };
}

/** Digests are copies: none keeps the whole message alive. */
export function decodeAnswers({ bytes, problems }: BatchAnswers): OpenAnswer[] {
  const answers: OpenAnswer[] = Array.from({ length: bytes.length / ANSWER_BYTES }, (_, i) => {
    const at = ANSWER_BYTES * i;
    return {
      signer: hexOfBytes(bytes.subarray(at, at + SIGNER_BYTES)),
      digest: bytes.slice(at + SIGNER_BYTES, at + ANSWER_BYTES),
    };
  });
  for (const [index, problem] of problems) answers[index] = problem;
  return answers;
}

export function isProblem(answer: OpenAnswer): answer is Problem {
  return 'type' in answer;
}
