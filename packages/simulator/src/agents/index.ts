// Agents: somebody who acts by a rule once per block. Keeps true: an agent reads the machine and
// never writes to it; its random source is its own. Start at agent.ts; the fuzzer signs for
// everybody and belongs to the seeds alone.
export type { Agent, AgentAccount, AgentView } from './agent.ts';
export { type BorrowerOptions, borrower } from './borrower.ts';
export { type DepositorOptions, depositor } from './depositor.ts';
export { Fuzzer, type FuzzerOptions } from './fuzzer.ts';
export { type HedgerOptions, hedger } from './hedger.ts';
export { type MarketMakerOptions, marketMaker } from './marketMaker.ts';
export { type TrendTraderOptions, trendTrader } from './trendTrader.ts';
