// The door of @plimsoll/simulator: seeded markets, agents, faults and checkers around the machine.
// A run goes from a scenario file (scenarios) through its market and books (markets, setup) to a
// ScenarioResult, and from there to tables and reports (reporting). Start at
// scenarios/readScenario.ts.
export { allCheckers, type Checker } from './checkers/index.ts';
export {
  type AccountMix,
  type DataEnvironment,
  type DataFolder,
  findDataFolder,
  readAccountMix,
  readTable,
  resolveDataFile,
  type Table,
} from './dataFiles/index.ts';
export {
  DataFileError,
  MissingDataError,
  PortfolioFileError,
  RunError,
  ScenarioFileError,
  type ScenarioProblem,
} from './errors.ts';
export { Market, type MarketOptions, type Observation, startingPrices } from './markets/index.ts';
export {
  judgeAssertions,
  liquidatedNotional,
  METRICS,
  type MetricName,
  readMetric,
  type UnjudgedResult,
} from './metrics.ts';
export { closingSettings, Directory, type Listing, listings } from './opening/index.ts';
export {
  measurePortfolio,
  type Portfolio,
  type PortfolioMargin,
  type PositionPrices,
  parsePortfolio,
  publishedPortfolioSchema,
  readPortfolio,
} from './portfolio/index.ts';
export {
  type Cell,
  countText,
  csvLine,
  decimalText,
  durationText,
  EventFiles,
  eventJson,
  instantText,
  isContent,
  moneyText,
  type RunEvent,
  resultHtml,
  resultJson,
  resultSections,
  resultSummary,
  resultText,
  type Section,
  sectionsText,
  type TerminalOptions,
} from './reporting/index.ts';
export {
  type ActionOutcome,
  type AssertionOutcome,
  type BlockTimes,
  type CheckTotals,
  type CommandTotals,
  type LiquidationTotals,
  type LossTotals,
  PAYERS,
  type Payer,
  type ResultRoots,
  type ResultSeries,
  type ScenarioResult,
  STAGES,
  type Stage,
  type StageTotal,
  type Violation,
} from './result.ts';
export {
  ReplayError,
  type ReplayHeader,
  type ReplayOptions,
  type ReplayReport,
  type RunOptions,
  type RunProgress,
  replayFile,
  runScenario,
} from './running/index.ts';
export {
  checkScenario,
  memberName,
  OPERATOR,
  parseScenario,
  publishedSchema,
  readScenario,
  readyScenarios,
  type Scenario,
  type ScenarioAccount,
  type ScenarioAction,
  type ScenarioDepth,
  type ScenarioFile,
  type ScenarioInstrument,
  type ScenarioPopulation,
} from './scenarios/index.ts';
export { Seed } from './seed.ts';
export { type BlockSample, HEALTH_EDGES, healthBand, SeriesRecorder } from './series.ts';
export {
  convertCommandFigures,
  expandPopulation,
  ladderFunding,
  ladderOrders,
  marketOptions,
  pairPositions,
} from './setup/index.ts';
