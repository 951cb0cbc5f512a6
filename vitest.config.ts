import { defineConfig } from 'vitest/config';

/**
 * One project per kind of test; the kind is the file's suffix (docs/STYLE.md). The limits end what
 * hangs and judge nothing: a machine that is ten times slower stays under them.
 */
const timeoutMs = {
  unit: 60_000,
  property: 180_000,
  differential: 180_000,
  conformance: 180_000,
  simulation: 600_000,
  e2e: 600_000,
};
/** How long a condition may take to come true. */
const POLL_MS = 30_000;

/** Their inputs are drawn: from one seed, unless another is asked for. */
const drawn: ReadonlySet<string> = new Set(['property', 'differential', 'conformance']);

const projects = Object.entries(timeoutMs).map(([name, testTimeout]) => ({
  // Tests run from source: packages resolve each other through this condition, without a build.
  resolve: { conditions: ['plimsoll-source'] },
  ssr: { resolve: { conditions: ['plimsoll-source'] } },
  test: {
    name,
    include: [
      `packages/*/test/**/*.${name}.test.ts`,
      `tools/**/*.${name}.test.ts`,
      `examples/**/*.${name}.test.ts`,
    ],
    environment: 'node',
    setupFiles: drawn.has(name) ? ['tools/run/seedProperties.ts'] : [],
    testTimeout,
    hookTimeout: testTimeout,
    expect: { poll: { timeout: POLL_MS } },
  },
}));

export default defineConfig({ test: { projects, maxWorkers: 2, passWithNoTests: true } });
