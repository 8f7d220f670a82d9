/** What `local` can be told on its command line. */
import { parseArgs } from 'node:util';
import type { ClockMode } from './kernel/types.js';
import type { EventSchema } from './services/eventGrid/events.js';

export interface LocalOptions {
  /** Port of the functions host; 0 takes a free one; absent: as before, or 7071. */
  readonly port?: number;
  /** The state folder; absent: a temporary one. */
  readonly state?: string;
  readonly clock?: ClockMode;
  /** Entry point of the built app. */
  readonly app?: string;
  /** Configuration file that the app gets; absent: the sample environment's. */
  readonly config?: string;
  readonly eventSchema?: EventSchema;
  /** How long a start or restart of a runtime takes, on the local cloud's clock. */
  readonly runtimeStartSeconds?: number;
  /** Where the clock of a new local cloud begins, ISO 8601; absent: now. */
  readonly begin?: string;
  /** Keeps the histories of executions that continued as new, for `/instances/{id}/history`. */
  readonly keepHistories?: boolean;
  /** App settings besides those of production. */
  readonly settings?: Readonly<Record<string, string>>;
}

export const USAGE = `Usage: npm run local -- [options]

Starts the local cloud with the app in it. Prints one line of JSON on stdout when it is ready;
everything else goes to stderr. Ctrl-C ends it.

  --port N                    port of the functions host; 0 takes a free one (default 7071)
  --state DIR                 keep everything in DIR and go on from there (default: a temporary folder)
  --clock real|virtual        virtual time stands still until the control API moves it (default real)
  --app FILE                  entry point of the built app (default dist/main.js)
  --config FILE               the app's configuration (default local/sample/airlock.yaml)
  --event-schema eventGrid|cloudEvents
                              schema of the events that are delivered (default eventGrid)
  --begin TIME                where the clock of a new local cloud begins, ISO 8601 (default now)
  --runtime-start-seconds N   how long a runtime takes to start or restart (default 720)
  --keep-histories            keep the histories of executions that continued as new
  --setting NAME=VALUE        an app setting; may be given more than once
  --help                      this text
`;

/** A command line that cannot be understood; the message says which flag and what it takes. */
export class UsageError extends Error {}

/** Reads the command line. Returns `help` where that was asked for. Throws `UsageError`. */
export function readOptions(args: readonly string[]): LocalOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const port = wholeNumber('--port', values.port, 65_535);
  const runtimeStartSeconds = wholeNumber('--runtime-start-seconds', values['runtime-start-seconds'], 86_400);
  const clock = oneOf('--clock', values.clock, { real: 'real', virtual: 'virtual' } as const);
  const eventSchema = oneOf('--event-schema', values['event-schema'], {
    eventGrid: 'EventGridSchema',
    cloudEvents: 'CloudEventSchemaV1_0',
  } as const);
  return {
    ...(port === undefined ? {} : { port }),
    ...(values.state === undefined ? {} : { state: values.state }),
    ...(values.begin === undefined ? {} : { begin: moment('--begin', values.begin) }),
    ...(clock === undefined ? {} : { clock }),
    ...(values.app === undefined ? {} : { app: values.app }),
    ...(values.config === undefined ? {} : { config: values.config }),
    ...(eventSchema === undefined ? {} : { eventSchema }),
    ...(runtimeStartSeconds === undefined ? {} : { runtimeStartSeconds }),
    ...(values['keep-histories'] === undefined ? {} : { keepHistories: values['keep-histories'] }),
    ...(values.setting === undefined ? {} : { settings: appSettings(values.setting) }),
  };
}

/** The command line that `readOptions` reads back as these options. */
export function toArguments(options: LocalOptions): string[] {
  const flag = (name: string, value: string | number | undefined) =>
    // One word: a value may begin with a dash.
    value === undefined ? [] : [`${name}=${value}`];
  const schema = options.eventSchema === 'CloudEventSchemaV1_0' ? 'cloudEvents' : 'eventGrid';
  return [
    ...flag('--port', options.port),
    ...flag('--state', options.state),
    ...flag('--clock', options.clock),
    ...flag('--app', options.app),
    ...flag('--config', options.config),
    ...flag('--event-schema', options.eventSchema && schema),
    ...flag('--begin', options.begin),
    ...flag('--runtime-start-seconds', options.runtimeStartSeconds),
    ...(options.keepHistories ? ['--keep-histories'] : []),
    ...Object.entries(options.settings ?? {}).flatMap(([name, value]) =>
      flag('--setting', `${name}=${value}`),
    ),
  ];
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: text,
        state: text,
        clock: text,
        app: text,
        config: text,
        'event-schema': text,
        begin: text,
        'runtime-start-seconds': text,
        'keep-histories': { type: 'boolean' },
        setting: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(flag: string, value: string | undefined, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= most))
    throw new UsageError(`${flag} takes a whole number from 0 to ${most}, not "${value}".`);
  return number;
}

function moment(flag: string, value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value) || Number.isNaN(Date.parse(value))) {
    throw new UsageError(`${flag} takes a time in ISO 8601, not "${value}".`);
  }
  return new Date(value).toISOString();
}

function oneOf<T>(
  flag: string,
  value: string | undefined,
  choices: Readonly<Record<string, T>>,
): T | undefined {
  if (value === undefined) return undefined;
  const choice = Object.hasOwn(choices, value) ? choices[value] : undefined;
  if (choice === undefined) {
    throw new UsageError(`${flag} takes ${Object.keys(choices).join(' or ')}, not "${value}".`);
  }
  return choice;
}

function appSettings(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((one) => {
      const [, name, value] = /^([A-Za-z_][\w.:-]*)=(.*)$/s.exec(one) ?? [];
      if (name === undefined || value === undefined) {
        throw new UsageError(`--setting takes NAME=VALUE, not "${one}".`);
      }
      return [name, value];
    }),
  );
}
