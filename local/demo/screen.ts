/** What the demonstration prints: plain lines into a pipe, colours and a live line on a terminal. */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export interface Screen {
  title(text: string): void;
  /** What somebody does. */
  act(at: string, text: string): void;
  /** A step that has ended. */
  step(at: string, text: string, detail: string, failed?: boolean): void;
  /** The step under way; on a terminal it is redrawn in place, into a pipe it is not written. */
  live(at: string, text: string): void;
  good(text: string): void;
  bad(text: string): void;
  /** Indented lines of a list. */
  lines(lines: readonly string[]): void;
  text(text: string): void;
}

/** Colours where the stream is a terminal and NO_COLOR is not set (https://no-color.org). */
export function createScreen(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen {
  const terminal = stream.isTTY === true;
  const coloured = terminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const paint = (style: Style, text: string): string =>
    coloured ? styleText(style, text, { validateStream: false }) : text;
  let live = false;
  const clear = (): void => {
    if (live) stream.write('\r\u001b[2K');
    live = false;
  };
  const print = (line: string): void => {
    clear();
    stream.write(`${line}\n`);
  };
  return {
    title: (text) => print(`\n${paint('bold', text)}\n`),
    act: (at, text) => print(`  ${paint('dim', at)}  ${paint('cyan', '›')} ${text}`),
    step: (at, text, detail, failed = false) =>
      print(`  ${paint('dim', at)}  ${failed ? paint('red', '✗') : paint('green', '✓')} ${text}: ${detail}`),
    live(at, text) {
      if (!terminal) return;
      clear();
      const width = (stream.columns || 100) - 1;
      stream.write(`  ${paint('dim', at)}  ${paint('yellow', '…')} ${text}`.slice(0, width));
      live = true;
    },
    good: (text) => print(`\n  ${paint('green', '✓')} ${paint('bold', text)}`),
    bad: (text) => print(`\n  ${paint('red', '✗')} ${paint('bold', text)}`),
    lines: (lines) => {
      for (const line of lines) print(`      ${line}`);
    },
    text: (text) => print(`  ${text}`),
  };
}
