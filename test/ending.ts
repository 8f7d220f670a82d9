/** The end of a suite that starts processes of its own: nothing is left, whatever ends it. */

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

export interface Ending {
  /** Whether the end has begun: what fails from now on, fails because of it. */
  begun(): boolean;
  /** Cleans up and ends the process; nothing where that is under way. */
  end(code: number): Promise<void>;
  /** The same for what nobody expected, which is told. */
  failed(error: unknown): Promise<void>;
}

/** From now on the process cleans up before it ends, also at a signal or an exception that nobody catches. */
export function endAfter(cleanUp: () => Promise<void>): Ending {
  let begun = false;
  const end = async (code: number): Promise<void> => {
    if (begun) return;
    begun = true;
    await cleanUp();
    process.exit(code);
  };
  const failed = async (error: unknown): Promise<void> => {
    if (begun) return;
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    await end(1);
  };
  for (const [signal, code] of SIGNALS) process.on(signal, () => void end(code));
  // For example a reader of the output who goes away.
  process.on('uncaughtException', (error) => void failed(error));
  return { begun: () => begun, end, failed };
}
