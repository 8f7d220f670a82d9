/** The last lines that the app and the local cloud logged, for the control API. */

const CAP = 10_000;

export interface LogLine {
  readonly n: number;
  /** ISO 8601 on the local cloud's clock. */
  readonly at: string;
  /** `app`, or `local` for the local cloud itself. */
  readonly from: 'app' | 'local';
  readonly line: string;
}

export interface LogBook {
  add(from: LogLine['from'], line: string): void;
  /** Lines with a greater number. */
  since(n: number): readonly LogLine[];
}

/** Also writes each line to `out`. */
export function createLogBook(now: () => number, out: (line: string) => void): LogBook {
  const lines: LogLine[] = [];
  let n = 0;
  return {
    add(from, line) {
      n += 1;
      lines.push({ n, at: new Date(now()).toISOString(), from, line });
      // Removed in bulk, so that a full book does not shift its whole length at each line.
      if (lines.length > CAP * 1.25) lines.splice(0, lines.length - CAP);
      out(from === 'app' ? line : `local: ${line}`);
    },
    since: (after) => lines.slice(-CAP).filter((line) => line.n > after),
  };
}
