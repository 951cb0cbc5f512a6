// Accounts: who owns them, who may act for them, and what a command has to show before its body
// runs. Keeps true: a command takes effect at most once, and what fails the envelope changes
// nothing. Start at envelope.ts, then signer.ts and nonces.ts.

export { approveAgent, revokeAgent, setOwnRate } from './agents.ts';
export { grantRole, type RoleName } from './authorities.ts';
export { ACTIONS_MAX, chargeEnvelope, judgeAuthority, judgeEnvelope } from './envelope.ts';
export { accountErrors } from './invariants.ts';
export { NONCE_AHEAD_MAX, NONCE_WINDOW } from './nonces.ts';
export { openAccount } from './openAccount.ts';
export { chargeRefusedWork, isReduction, quotaLeft } from './quota.ts';
export { callerOf, findAgent, SIGNER_AGENT, signerOf } from './signer.ts';
