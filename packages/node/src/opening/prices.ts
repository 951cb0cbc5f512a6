import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import {
  type Address,
  ByteWriter,
  decodeObservation,
  encodeObservation,
  isMalformed,
  observationProblem,
  type UnsignedObservation,
} from '@plimsoll/core/schema';

/** Observations have no publisher before they are opened; all documents are of one length. */
const NOBODY: Address = '0x0000000000000000000000000000000000000000';
const OBSERVATION_BYTES = encodeObservation({
  underlying: 0,
  source: 0,
  publisher: NOBODY,
  price: 0n,
  confidence: 0n,
  timeMs: 0,
}).length;

const writer = new ByteWriter();

/**
 * Prices as bytes, one observation document of nobody after the other.
 *
 * @throws ProblemError `malformed` with the place.
 */
export function encodePrices(prices: readonly UnsignedObservation[]): Uint8Array {
  if (prices.length === 0) {
    throw new ProblemError(nodeProblem('malformed', 'prices: there must be at least one'));
  }
  const bytes = new Uint8Array(OBSERVATION_BYTES * prices.length);
  prices.forEach((price, i) => {
    const observation = { ...price, publisher: NOBODY };
    const problem = observationProblem(observation);
    if (problem !== undefined) {
      throw new ProblemError(nodeProblem('malformed', `prices[${i}]: ${problem}`));
    }
    bytes.set(encodeObservation(observation, writer), OBSERVATION_BYTES * i);
  });
  return bytes;
}

/** Undefined for what `encodePrices` did not write. */
export function decodePrices(bytes: Uint8Array): UnsignedObservation[] | undefined {
  const prices: UnsignedObservation[] = [];
  for (let at = 0; at < bytes.length; at += OBSERVATION_BYTES) {
    const decoded = decodeObservation(bytes.subarray(at, at + OBSERVATION_BYTES));
    if (isMalformed(decoded)) return undefined;
    prices.push(decoded);
  }
  return prices;
}
