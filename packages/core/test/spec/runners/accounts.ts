import { openAccount, quotaLeft } from '../../../src/accounts/index.ts';
import { isNonceFree, markNonce, startNonces } from '../../../src/accounts/nonces.ts';
import { globalParameters } from '../../../src/schema/index.ts';
import { address, advance, freshState, setGlobalParameter } from '../../fixtures/state.ts';
import type { FigureRunner } from '../figure.ts';

export const accountsRunners: Readonly<Record<string, FigureRunner>> = {
  nonceWindow: (input: { used: number[]; asked: number[] }) => {
    const columns = freshState().accounts;
    startNonces(columns, 1, 0);
    for (const nonce of input.used) markNonce(columns, 1, nonce);
    return input.asked.map((nonce) => isNonceFree(columns, 1, nonce));
  },
  quotaAfter: (input: { burst: number; perSecond: number; held: number; elapsedMs: number }) => {
    const state = freshState();
    setGlobalParameter(state, globalParameters.quotaBurst, input.burst);
    setGlobalParameter(state, globalParameters.quotaPerSecond, input.perSecond);
    const account = openAccount(state, address(1));
    state.accounts.quota.set(account, input.held);
    advance(state, input.elapsedMs);
    return quotaLeft(state, account, state.accounts.quota);
  },
};
