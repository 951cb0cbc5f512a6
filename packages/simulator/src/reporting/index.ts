// What a run leaves behind: a table for the terminal, a report as one HTML file without network,
// and the events as NDJSON and CSV. Everything is made from a ScenarioResult; nothing here computes
// a figure that is not in it. Start at sections.ts, which both table and report are made of.
export { csvLine, EventFiles, eventJson, type RunEvent } from './events.ts';
export {
  compactText,
  countText,
  decimalText,
  durationText,
  instantText,
  moneyText,
} from './figures.ts';
export { resultHtml } from './html.ts';
export { resultJson } from './json.ts';
export {
  type Cell,
  isContent,
  resultSections,
  resultSummary,
  type Section,
  type Tone,
} from './sections.ts';
export { resultText, sectionsText, type TerminalOptions } from './terminal.ts';
