import { typedDataTarget } from '@plimsoll/api';
import { createDigester, type Digester, SignatureError } from '@plimsoll/api/signing';
import { hex } from '@plimsoll/core/machine';
import type { Address, Observation } from '@plimsoll/core/schema';
import { type NetworkFile, networkOf } from '../../network.ts';
import { type Curve, loadCurve } from '../../opening/curve.ts';
import { type BlockRecord, SIGNATURE_BYTES } from '../record.ts';

/** What is wrong with the signatures of a block, a sentence each. */
export type SignatureCheck = (record: BlockRecord) => string[];

const DIGEST_BYTES = 32;

/**
 * Forms every digest again from what the block says and opens its signature: it must be the one
 * that is stored, and its signer the one that the machine was told.
 */
export async function createSignatureCheck(network: NetworkFile): Promise<SignatureCheck> {
  const curve = await loadCurve();
  const digester = createDigester(typedDataTarget(networkOf(network)), curve.keccak);
  return (record) => [
    ...commandProblems(record, digester, curve),
    ...priceProblems(record, digester, curve),
  ];
}

function commandProblems(record: BlockRecord, digester: Digester, curve: Curve): string[] {
  const { digests, signatures } = record;
  const { commands } = record.block;
  const isWhole =
    digests.length === commands.length * DIGEST_BYTES &&
    signatures.length === commands.length * SIGNATURE_BYTES;
  if (!isWhole) return [`${commands.length} commands have not a signature each`];
  return commands.flatMap((command, i) => {
    const { signer } = command;
    const problem = opened(curve, {
      digest: digester.command(command),
      stored: digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES),
      signature: signatures.subarray(i * SIGNATURE_BYTES, (i + 1) * SIGNATURE_BYTES),
      signers: [signer],
    });
    return problem === undefined ? [] : [`command ${i}: ${problem}`];
  });
}

function priceProblems(record: BlockRecord, digester: Digester, curve: Curve): string[] {
  const { observations } = record.block;
  const total = record.prices.reduce((sum, { count }) => sum + count, 0);
  if (total !== observations.length) {
    return [`${observations.length} prices are stored, signatures are over ${total}`];
  }
  let at = 0;
  return record.prices.flatMap(({ signature, digest, count }, i) => {
    const signed = observations.slice(at, at + count);
    at += count;
    const problem = opened(curve, {
      digest: digester.prices(signed.map(unsigned)),
      stored: digest,
      signature,
      signers: [...new Set(signed.map(({ publisher }) => publisher))],
    });
    return problem === undefined ? [] : [`prices ${i}: ${problem}`];
  });
}

function unsigned({ publisher: _, ...price }: Observation): Omit<Observation, 'publisher'> {
  return price;
}

function opened(
  curve: Curve,
  claim: {
    readonly digest: Uint8Array;
    readonly stored: Uint8Array;
    readonly signature: Uint8Array;
    readonly signers: readonly Address[];
  },
): string | undefined {
  const { digest, stored, signature, signers } = claim;
  if (hex(digest) !== hex(stored)) {
    return `its digest is 0x${hex(digest)}, stored is 0x${hex(stored)}`;
  }
  try {
    const signer = curve.recover(digest, signature);
    if (signers.length === 1 && signers[0] === signer) return undefined;
    return `signed by ${signer}, stored as of ${signers.join(', ')}`;
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    return error.message;
  }
}
