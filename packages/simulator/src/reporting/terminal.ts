import type { ScenarioResult } from '../result.ts';
import { type Cell, resultSections, resultSummary, type Section, type Tone } from './sections.ts';

const CODES: Readonly<Record<Tone, string>> = { plain: '', good: '32', bad: '31', muted: '2' };
const WIDTH = 100;
/** A root and its label. */
const WIDTH_MIN = 90;
const GAP = 2;

/** How a table is written. Colors belong on a terminal, not in a pipe. */
export interface TerminalOptions {
  readonly isColored: boolean;
  /** Columns; long texts are wrapped. Default 100, at least 90. */
  readonly width?: number;
}

function paint(text: string, code: string, isColored: boolean): string {
  return isColored && code !== '' && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** Words in lines of at most `width`; a word that is longer is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return [...lines, line];
}

interface Layout {
  readonly first: number;
  readonly others: readonly number[];
}

/** Widths of the columns: figures as wide as they are, texts get what is left. */
function layoutOf(section: Section, width: number): Layout {
  const others = section.heads.map((head, at) =>
    Math.max(head.length, ...section.rows.map((row) => row[at + 1]?.text.length ?? 0)),
  );
  const taken = others.reduce((sum, other) => sum + other + GAP, 0);
  const widest = Math.max(
    section.title.length,
    ...section.rows.map((row) => (row[0]?.text.length ?? 0) + GAP),
  );
  return { first: Math.max(20, Math.min(widest, width - taken)), others };
}

function rowLines(row: readonly Cell[], layout: Layout, isColored: boolean): string[] {
  const [first, ...others] = row;
  const [head = '', ...tail] = wrap(first?.text ?? '', layout.first - GAP);
  const tone = CODES[first?.tone ?? 'plain'];
  const figures = layout.others.map((width, at) => {
    const { text, tone: own } = others[at] ?? { text: '', tone: 'plain' as const };
    return ' '.repeat(GAP + Math.max(0, width - text.length)) + paint(text, CODES[own], isColored);
  });
  const label =
    paint(head, tone, isColored) + ' '.repeat(Math.max(0, layout.first - GAP - head.length));
  return [
    `  ${label}${figures.join('')}`.trimEnd(),
    ...tail.map((line) => `    ${paint(line, tone, isColored)}`),
  ];
}

function sectionLines(section: Section, options: Required<TerminalOptions>): string[] {
  const layout = layoutOf(section, options.width);
  const heads = section.heads.map((head, at) => head.padStart((layout.others[at] ?? 0) + GAP));
  const title = section.title.padEnd(layout.first);
  return [
    paint(`${title}${heads.join('')}`.trimEnd(), '1', options.isColored),
    ...section.rows.flatMap((row) => rowLines(row, layout, options.isColored)),
  ];
}

/** Tables as text, with an empty line between them and a line break at the end. */
export function sectionsText(sections: readonly Section[], options: TerminalOptions): string {
  const width = Math.max(WIDTH_MIN, options.width ?? WIDTH);
  const whole = { isColored: options.isColored, width };
  return sections.map((section) => `${sectionLines(section, whole).join('\n')}\n`).join('\n');
}

/** The result as text for a terminal, with a line break at its end. */
export function resultText(result: ScenarioResult, options: TerminalOptions): string {
  const { isColored } = options;
  const width = Math.max(WIDTH_MIN, options.width ?? WIDTH);
  const lines = [
    paint(result.name, '1', isColored),
    ...wrap(resultSummary(result), width),
    ...(result.description === '' ? [] : wrap(result.description, width)),
    ...result.notes.flatMap((note) => wrap(note, width)),
    ...result.skipped.flatMap((reason) =>
      wrap(`SKIPPED: ${reason}`, width).map((line) => paint(line, '33', isColored)),
    ),
  ];
  for (const section of resultSections(result)) {
    lines.push('', ...sectionLines(section, { isColored, width }));
  }
  return `${lines.join('\n')}\n`;
}
