/** The example of CONTRIBUTING.md's "Add a runtime kind": a service of Airflow sandboxes that is a map of their settings. */
import type { RuntimePattern } from '../../../src/domain/configuration/profile.js';
import { globMatches, globsOverlap } from '../../../src/domain/configuration/profileMatching.js';
import type { AirflowSettings } from '../../../src/domain/settings/airflowSettings.js';
import type { RuntimeView } from '../../../src/domain/settings/snapshot.js';
import { suppliedBy } from '../../../src/domain/settings/suppliedCredential.js';
import type { RuntimeId } from '../../../src/domain/values/runtimeId.js';
import type { RuntimeKind } from '../../../src/runtimes/kind.js';
import type { AirflowRuntimes, ListedRuntimes, ReadRuntime } from '../../../src/runtimes/port.js';

const KIND = 'sandbox';
const WORDS: RuntimeKind['words'] = {
  runtime: 'sandbox',
  portal: 'the sandbox page',
  service: 'the sandbox service',
  webUrl: 'address',
  byHand: 'https://sandboxes.example/settings',
  id: 'the path of a sandbox',
  idShape: '/sandboxes/…',
  nameShape: 'name',
  settings: { environment: 'variables', overrides: 'options', requirements: 'packages' },
};

export function sandboxId(name: string): RuntimeId {
  return { kind: KIND, id: `/sandboxes/${name}`, name };
}

export function sandboxPattern(glob: string): RuntimePattern {
  return {
    kind: KIND,
    text: glob,
    matches: ({ kind, name }) => kind === KIND && globMatches(glob, name),
    overlaps: ({ kind, text }) => kind === KIND && globsOverlap(glob, text),
    mayMatchName: (name) => globMatches(glob, name),
    placeOf: () => glob,
  };
}

/** @param sandboxes the settings of each one, by its name; a write replaces them */
export function sandboxKind(sandboxes: Map<string, AirflowSettings>): RuntimeKind {
  const read = ({ name }: RuntimeId): ReadRuntime => {
    const settings = sandboxes.get(name);
    return settings ? { kind: 'found', view: viewOf(name, settings) } : { kind: 'missing' };
  };
  const list = (glob: string): ListedRuntimes => {
    const named = [...sandboxes].filter(([name]) => globMatches(glob, name));
    const batch = { kind: KIND, key: 'all', ids: '/sandboxes/', names: '' };
    const budget = { key: 'all', pace: { atOnce: 10, perSecond: 1 } };
    const listed = ([name, settings]: [string, AirflowSettings]) => {
      return { id: sandboxId(name), view: viewOf(name, settings), addresses: [], batch, budget };
    };
    return { kind: 'listed', runtimes: named.map(listed), unread: [], complete: [glob] };
  };
  const service: AirflowRuntimes = {
    read: async (id) => read(id),
    poll: async (id) => read(id),
    apply: async ({ name }, { guard }, { settings }) => {
      if (!sandboxes.has(name)) return { kind: 'missing' };
      if (sandboxes.get(name) !== guard) return { kind: 'changedMeanwhile' };
      sandboxes.set(name, settings);
      return { kind: 'written' };
    },
    list: async ({ text }) => list(text),
    listAround: async () => list('*'),
    listBatch: async () => list('*'),
    deliverDags: async () => ({ kind: 'accepted' }),
    needs: async () => [],
  };
  return {
    name: KIND,
    words: WORDS,
    configuration: {
      pattern: [{ name: 'name', meaning: 'Sandbox.', form: { kind: 'text', longest: 60 }, otherwise: '*' }],
      dagSource: [{ name: 'folder', meaning: 'Folder.', form: { kind: 'text', longest: 60 } }],
      scope: "the sandboxes' own",
    },
    parse: (text) => (/^\/sandboxes\/[a-z0-9-]+$/i.test(text) ? sandboxId(text.slice(11)) : undefined),
    resembles: (text) => text.startsWith('/sandboxes/'),
    pattern: ({ name = '*' }) => sandboxPattern(name),
    signIn: ({ title }) => ({
      cloud: title,
      scopes: ['api://sandboxes/.default'],
      hosts: ['.sandboxes.example'],
      portal: WORDS.portal,
      grantedOn: '<the sandbox>',
    }),
    connect: async () => service,
  };
}

function viewOf(name: string, settings: AirflowSettings): RuntimeView {
  return {
    kind: 'airflow',
    words: WORDS,
    settings,
    ...suppliedBy(settings),
    state: 'up',
    phase: 'ready',
    beingMade: false,
    webUrl: `https://${name}.sandboxes.example`,
    airflowVersion: '2.10.5',
    pythonVersion: '3.12',
    dagsFromGit: false,
    hidden: [],
    needed: [],
    raw: settings,
    guard: settings,
  };
}
