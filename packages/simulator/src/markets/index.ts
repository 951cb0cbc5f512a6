// Price paths: points, files and seeded walks, seen through several sources that err, lie or fall
// silent. A market reports what its paths hold and judges nothing: outliers are the machine's job.
// The same seed gives the same observations on every engine. Start at market.ts, then specs.ts.
export { pointsFromFile } from './bars.ts';
export { cholesky } from './cholesky.ts';
export { Market, type MarketOptions, startingPrices } from './market.ts';
export { type KnownPrice, type PricePath, pathThroughPoints } from './points.ts';
export type {
  CalmPath,
  CorrelationSpec,
  CrashPath,
  FileColumns,
  FilePath,
  JumpPath,
  LieFault,
  Observation,
  PathSpec,
  PointsPath,
  PriceFault,
  PricePoint,
  PriceSpec,
  SeededPath,
  SilentFault,
  StaleFault,
} from './specs.ts';
export { correlationOf, crashFactor } from './walk.ts';
