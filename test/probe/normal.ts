/** Takes out of answers what varies from run to run, or is of the machine and not of the host. */
import type { Shown } from './host.js';
import type { Answer } from './question.js';

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const BARE_GUID = /\b[0-9a-f]{32}\b/gi;
/** What a host says of a worker that has gone, in its own words or in those of what stands for it. */
const WORKER_GONE = /^.*(language worker|worker (?:is )?gone|node exited|worker process).*$/is;

/** A value as it is, its texts without the ids that it is told of and without GUIDs. */
export function plain(value: unknown, ...ids: readonly string[]): Answer {
  const text = JSON.stringify(value ?? null, (_, one: unknown) =>
    typeof one === 'string' ? withoutIds(one, ids) : one,
  );
  return JSON.parse(text) as Answer;
}

/** Status and output of an instance that has ended, and its custom status where it has one. */
export function outcome(shown: Shown | undefined, ...ids: readonly string[]): Answer {
  if (shown === undefined) return 'no such instance';
  const { runtimeStatus, output, customStatus } = shown;
  return {
    status: runtimeStatus,
    // The host shows an empty text where there is no output.
    output: output === '' ? null : typeof output === 'string' ? told(output, ...ids) : plain(output, ...ids),
    ...(customStatus === null || customStatus === undefined
      ? {}
      : { customStatus: plain(customStatus, ...ids) }),
  };
}

/** What a host says, without ids, stacks and lists of what else there is. */
export function told(message: string, ...ids: readonly string[]): string {
  const [reason = ''] = message.split(' \n ');
  const words = withoutIds(reason, ids)
    .replace(/(Additional info: The following are the known orchestrator functions): .*$/s, '$1: …')
    .replace(/(Non-Deterministic workflow detected): .*$/s, '$1: …');
  const failed = /^((?:Activity|Orchestrator) function '[^']*' failed: {1,2})(.*)$/s.exec(words);
  const [, lead = '', rest = words] = failed ?? [];
  return WORKER_GONE.test(rest) ? `${lead}(what is said of a worker that has gone)` : words;
}

/** The failure of a task as the orchestrator sees it: its reason, and what its details are. */
export function failure(message: string, ...ids: readonly string[]): Answer {
  const at = message.indexOf(' \n ');
  return {
    reason: told(message, ...ids),
    details: at < 0 ? 'none' : detailsOf(message.slice(at + 3)),
  };
}

function detailsOf(details: string): Answer {
  if (details.startsWith('{"$type"')) {
    const { ClassName, Message } = JSON.parse(details) as { ClassName?: string; Message?: string };
    return {
      is: 'a serialised .NET exception',
      className: ClassName ?? '',
      message: Message ?? '',
      hasJavaScriptStack: /\.mjs/.test(details),
    };
  }
  const parts = /^Message: (.*?), StackTrace: (.*)$/s.exec(details);
  if (parts) return { is: 'Message and StackTrace', message: parts[1] ?? '', hasStack: parts[2] !== '' };
  return { is: details.slice(0, 40) };
}

function withoutIds(text: string, ids: readonly string[]): string {
  const without = [...ids]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, id) => rest.replaceAll(id, '<id>'), text);
  return without.replace(GUID, '<guid>').replace(BARE_GUID, '<bare guid>');
}
