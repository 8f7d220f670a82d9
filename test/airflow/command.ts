/** Runs one command to its end. */
import { spawn } from 'node:child_process';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder?: string;
}

/** A command that ended badly; the message holds the last of what it wrote. */
export class CommandFailed extends Error {
  constructor({ file, args }: Command, why: string, output: string) {
    super(`${[file, ...args].join(' ')} ${why}:\n${output.slice(-2000)}`);
    this.name = 'CommandFailed';
  }
}

const running = new Set<() => void>();

/** Gives what it wrote to stdout. Throws `CommandFailed`. */
export function runCommand(command: Command): Promise<string> {
  const { file, args, environment, folder } = command;
  return new Promise((done, reject) => {
    const child = spawn(file, args, {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(folder === undefined ? {} : { cwd: folder }),
    });
    const kill = () => child.kill('SIGKILL');
    running.add(kill);
    let stdout = '';
    let both = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      both += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      both += text;
    });
    child.once('error', (error) => reject(new CommandFailed(command, 'cannot be started', error.message)));
    child.once('close', (code, signal) => {
      running.delete(kill);
      if (code === 0) done(stdout);
      else reject(new CommandFailed(command, `ended with ${signal ?? code}`, both));
    });
  });
}

/** Ends what is still running, when the whole test ends. */
export function killCommands(): void {
  for (const kill of running) kill();
}
