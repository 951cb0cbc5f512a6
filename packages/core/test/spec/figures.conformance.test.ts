import { describe, expect, test } from 'vitest';
import { differences, figuresOf, readFigures } from './figure.ts';
import { runners } from './runners/index.ts';

const figures = readFigures();

describe('every worked figure of docs/spec is what the code computes', () => {
  test('the pages hold figures', () => {
    expect(figures.length).toBeGreaterThan(0);
  });

  for (const figure of figures) {
    test(`${figure.page}:${figure.line} ${figure.rule} ${figure.function}`, () => {
      const runner = runners.get(figure.function);
      if (runner === undefined) throw new Error(`no runner is called ${figure.function}`);
      const actual = runner(figure.input as never);
      expect(differences(actual, figure.expect, { tolerance: figure.tolerance })).toEqual([]);
    });
  }

  test('every runner is reached by a figure', () => {
    const used = new Set(figures.map((figure) => figure.function));
    expect([...runners.keys()].filter((name) => !used.has(name))).toEqual([]);
  });
});

describe('the reader of figures', () => {
  const page = (body: string) => `# Page\n\n\`\`\`json figure\n${body}\n\`\`\`\n`;

  test('a block without an expectation is refused', () => {
    expect(() => figuresOf('p.md', page('{"rule":"F0","function":"f","input":{}}'))).toThrow(
      'p.md:3 a figure needs "expect"',
    );
  });

  test('a block that is not closed is refused', () => {
    expect(() => figuresOf('p.md', '```json figure\n{}')).toThrow('p.md:1');
  });

  test('a missing key, a wrong number and a short list are differences', () => {
    const expected = { a: 1, b: [1, 2], c: { d: '7' } };
    expect(
      differences({ a: 1, b: [1, 2], c: { d: 7n }, e: 0 }, expected, { tolerance: 0 }),
    ).toEqual([]);
    expect(differences({ a: 1.1, b: [1], c: {} }, expected, { tolerance: 0.05 })).toHaveLength(3);
  });
});
