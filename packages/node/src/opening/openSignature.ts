import { type Network, type OpenedSignature, typedDataTarget } from '@plimsoll/api';
import {
  createDigester,
  type DigestDescription,
  digestText,
  SignatureError,
  signatureFaults,
} from '@plimsoll/api/signing';
import { nodeProblem, type Problem } from '@plimsoll/api/wire';
import { broken } from '@plimsoll/core/math';
import { decodeCommandBody, isMalformed } from '@plimsoll/core/schema';
import { type OpenAnswer, type OpenRequest, SIGNED } from './batch.ts';
import type { Curve } from './curve.ts';
import { decodePrices } from './prices.ts';

/** Opens one signature after the other; no promises, no threads. */
export type OpenSignature = (request: OpenRequest) => OpenAnswer;

/**
 * What a worker runs for every request: decode, digest, recover. A problem is an answer like any
 * other, so that one hostile request does not disturb those that came with it.
 */
export function createOpenSignature(network: Network, curve: Curve): OpenSignature {
  const digester = createDigester(typedDataTarget(network), curve.keccak);

  function open(
    digest: Uint8Array,
    signature: Uint8Array,
    describe: () => DigestDescription,
  ): OpenAnswer {
    try {
      const opened: OpenedSignature = { signer: curve.recover(digest, signature), digest };
      return opened;
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      return invalid(error, signature, describe());
    }
  }

  return ({ signed, body, signature }) => {
    if (signed === SIGNED.command) {
      const command = decodeCommandBody(body);
      if (isMalformed(command)) {
        const { malformed, offset } = command;
        return nodeProblem('malformed', `the body of the command: ${malformed}, byte ${offset}`);
      }
      return open(digester.command(command), signature, () => digester.describeCommand(command));
    }
    const prices = decodePrices(body) ?? broken('prices arrive as they were written');
    return open(digester.prices(prices), signature, () => digester.describePrices(prices));
  };
}

function invalid(
  error: SignatureError,
  signature: Uint8Array,
  description: DigestDescription,
): Problem {
  const { digest, primaryType, typeHash, domainName, chainId, salt, domainSeparator } = description;
  return nodeProblem(
    'signatureInvalid',
    `signature: ${signatureFaults[error.fault]}; ${digestText(description)}`,
    {
      fault: error.fault,
      signatureBytes: signature.length,
      digest,
      primaryType,
      typeHash,
      domainName,
      domainVersion: description.domainVersion,
      chainId,
      ...(salt === undefined ? {} : { salt }),
      domainSeparator,
    },
  );
}
