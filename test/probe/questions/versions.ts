/** Versions of orchestrations, which the app and its host.json name. */
import type { HostSettings, ProbeHost } from '../host.js';
import { outcome, plain } from '../normal.js';
import { type Answer, questions } from '../question.js';

/** Long enough for a host that takes an instance up at all. */
const NEVER_MS = 15_000;

type Versions = NonNullable<HostSettings['extensions']>['durableTask'];

/** What a host had taken from a queue as it ended is seen again after so long, a minute at the least; by default, after five. */
const storageProvider = { controlQueueVisibilityTimeout: '00:01:00' };

const startHost = (host: ProbeHost, versions: Versions) =>
  host.startHost({ extensions: { durableTask: { ...versions, storageProvider } } });

/** An instance that waits, begun by an app of this version. */
async function begun(host: ProbeHost, defaultVersion: string): Promise<string> {
  await startHost(host, { defaultVersion });
  await host.start('versionWaits', host.id(), {});
  await host.until(host.id(), ({ customStatus }) => customStatus === 'waits');
  return host.id();
}

/** `VersionMismatch: …` goes on with the two versions in words of its own. */
function ended(shown: Awaited<ReturnType<ProbeHost['within']>>): Answer {
  if (shown === undefined) return null;
  const output = shown.output === '' ? null : shown.output;
  const text = typeof output === 'string' ? (/^[^.:]*: [^.:]*/.exec(output)?.[0] ?? output) : plain(output);
  return { status: shown.runtimeStatus, output: text };
}

export const VERSIONS = questions(
  'versions',
  {
    'of instances and their children': async (host) => {
      await startHost(host, { defaultVersion: '1.0' });
      return outcome(await host.run('versionOfChildren'));
    },
    'of an instance that another names': async (host) => {
      await startHost(host, { defaultVersion: '1.0' });
      const answer = await host.client('startNew', 'version', { instanceId: host.id(), version: '0.5' });
      return answer.ok ? outcome(await host.ended(host.id())) : answer.message;
    },
    'an older instance goes on': async (host) => {
      const id = await begun(host, '1.0');
      await startHost(host, { defaultVersion: '2.0' });
      await host.raise(id, 'go on');
      return ended(await host.ended(id));
    },
    'a newer instance waits for its app': async (host) => {
      const id = await begun(host, '2.0');
      await startHost(host, { defaultVersion: '1.5' });
      await host.raise(id, 'go on');
      const meanwhile = ended(await host.within(id, NEVER_MS));
      await startHost(host, { defaultVersion: '2.0' });
      return { meanwhile, atLast: ended(await host.ended(id)) };
    },
    'a newer instance fails where the app says so': async (host) => {
      const id = await begun(host, '2.0');
      await startHost(host, { defaultVersion: '1.5', versionFailureStrategy: 'Fail' });
      await host.raise(id, 'go on');
      return ended(await host.ended(id));
    },
    'an older instance fails where the app is strict': async (host) => {
      const id = await begun(host, '1.0');
      await startHost(host, {
        defaultVersion: '2.0',
        versionMatchStrategy: 'Strict',
        versionFailureStrategy: 'Fail',
      });
      await host.raise(id, 'go on');
      return ended(await host.ended(id));
    },
  },
  { ownHost: true },
);
