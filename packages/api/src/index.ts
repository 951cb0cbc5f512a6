// The door of @plimsoll/api: what a program needs to talk to a node. Signing (signing), what is
// sent and received (wire), routes of HTTP (routes), proofs (proofs) and a client (client) have
// doors of their own. Start at network.ts.
export {
  type Hex,
  type Network,
  type OpenedSignature,
  type SignedCommand,
  type SignedPrices,
  typedDataTarget,
  type UnsignedCommand,
} from './network.ts';
