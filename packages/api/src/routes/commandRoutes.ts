// What goes in. Served by the node itself, not by its replica.

/** Signed commands, signed prices, and what to sign. */
export const commandRoutes = {
  submitCommand: {
    method: 'POST',
    path: '/v1/commands',
    tag: 'commands',
    servedBy: 'node',
    doc: 'Sends one signed command or several; answered in order when their block is on disk.',
    body: { anyOf: ['SignedCommand', { commands: ['SignedCommand'] }] },
    response: { receipts: [{ anyOf: ['Receipt', 'Problem'] }] },
  },
  submitPrices: {
    method: 'POST',
    path: '/v1/prices',
    tag: 'commands',
    servedBy: 'node',
    doc: 'Sends prices under one signature of their publisher.',
    body: 'SignedPrices',
    response: { receipt: 'PricesReceipt' },
  },
  typedData: {
    method: 'POST',
    path: '/v1/typed-data',
    tag: 'commands',
    servedBy: 'node',
    doc: 'The EIP-712 object that a wallet shows and signs for a command, and its digest.',
    body: 'UnsignedCommand',
    response: { typedData: 'json', digest: 'hash' },
  },
} as const;
