import { PlimsollError } from '@plimsoll/core/math';

/** A proof that shows nothing: `facts.place` is what does not hold. Do not trust what it says. */
export class InvalidProofError extends PlimsollError {}

export function refuseProof(place: string, problem: string): never {
  throw new InvalidProofError({
    code: 'PROOF_INVALID',
    message: `the proof does not hold: ${place} ${problem}; ask another node, and keep this one`,
    facts: { place },
  });
}
