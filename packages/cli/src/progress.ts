import cliProgress from 'cli-progress';

/** Shows how far something is: a bar on a terminal, a line now and then anywhere else. */
export interface Progress {
  /** `total` 0: not known yet. */
  update(done: number, total: number, label: string): void;
  stop(): void;
}

/** Nothing at all. */
export const silentProgress: Progress = { update: () => {}, stop: () => {} };

const UPDATE_MS = 100;
const LINES = 4;

/** Progress on a stream, by what the stream is. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY === true ? barOn(stream) : linesOn(stream);
}

function barOn(stream: NodeJS.WriteStream): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{label} {bar} {percentage} %  {done}  {duration_formatted}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 32,
    clearOnComplete: true,
    // A handler of its own would wait for the run, which holds the thread: Ctrl-C has to end it.
    gracefulExit: false,
    autopadding: true,
  });
  let isStarted = false;
  let shownMs = 0;
  return {
    update(done, total, label) {
      const nowMs = performance.now();
      if (nowMs - shownMs < UPDATE_MS && done !== total) return;
      shownMs = nowMs;
      const text = total === 0 ? `${done} blocks` : `${done} of ${total} blocks`;
      if (!isStarted) bar.start(Math.max(1, total), 0, { label, done: text });
      isStarted = true;
      bar.setTotal(Math.max(1, total));
      bar.update(total === 0 ? 0 : done, { label, done: text });
    },
    stop: () => bar.stop(),
  };
}

function linesOn(stream: NodeJS.WriteStream): Progress {
  let quarter = -1;
  let shown = '';
  return {
    update(done, total, label) {
      if (label !== shown) {
        shown = label;
        quarter = -1;
        stream.write(`${label} …\n`);
      }
      if (total === 0) return;
      const now = Math.floor((done * LINES) / total);
      if (now === quarter) return;
      quarter = now;
      if (now > 0) stream.write(`${label}: ${done} of ${total} blocks\n`);
    },
    stop: () => {},
  };
}
