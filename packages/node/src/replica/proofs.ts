import type { AccountProofJson, LiabilityProof, LiabilityRoot } from '@plimsoll/api/proofs';
import { hexOfBytes } from '@plimsoll/api/signing';
import { type Machine, proveAccount } from '@plimsoll/core/machine';
import type { ProofReader } from '../views/context.ts';
import { type LiabilityCheckpoint, proveLiabilities } from './liabilities/index.ts';

/** Proofs of the present state and of the last checkpoint, as the JSON that clients verify. */
export function proofReader(
  machine: Machine,
  checkpoint: () => LiabilityCheckpoint | undefined,
): ProofReader {
  return {
    accountProof: (account): AccountProofJson | undefined => {
      const proof = proveAccount(machine, account);
      return proof === undefined
        ? undefined
        : {
            account,
            chunks: hexOfBytes(proof.chunks),
            siblings: proof.siblings.map(hexOfBytes),
            meta: hexOfBytes(proof.meta),
            globalRoot: hexOfBytes(proof.globalRoot),
            root: hexOfBytes(proof.root),
          };
    },
    liabilityProof: (account): LiabilityProof | undefined => {
      const last = checkpoint();
      return last === undefined ? undefined : proveLiabilities(last, account);
    },
    liabilityRoot: (): LiabilityRoot | undefined => checkpoint()?.published,
  };
}
