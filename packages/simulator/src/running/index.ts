// Runs a scenario from time 0 on: blocks with the market's prices, timed actions, books and agents,
// and what came of them added up from events and samples. Keeps true: the same seed gives the same
// roots, and what a run wrote down replays to them (replayFile.ts). Start at runScenario.ts.
export {
  ReplayError,
  type ReplayHeader,
  type ReplayOptions,
  type ReplayReport,
  replayFile,
} from './replayFile.ts';
export { type RunOptions, type RunProgress, runScenario } from './runScenario.ts';
