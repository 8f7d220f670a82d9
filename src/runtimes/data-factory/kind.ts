import type { RuntimeKind } from '../kind.js';
import { readEvent } from './events.js';
import { ResourcePattern } from './pattern.js';
import { FACTORY_CHARACTERS, KIND, parseResourceId, RESOURCE_GROUP_CHARACTERS } from './resourceId.js';
import { DATA_FACTORY_SCOPE, DATA_FACTORY_URI_SCOPE, signIn } from './signIn.js';
import { WORDS } from './words.js';

const OF_FACTORY = {
  kind: 'glob',
  characters: FACTORY_CHARACTERS,
  words: 'the letters A to Z, digits, dashes',
} as const;
const OF_GROUP = {
  kind: 'glob',
  characters: RESOURCE_GROUP_CHARACTERS,
  words: 'letters and digits of any script, - _ . ( )',
} as const;

/** Airflow runtimes of Data Factory's Workflow Orchestration Manager. */
export const DATA_FACTORY: RuntimeKind = {
  name: KIND,
  words: WORDS,
  configuration: {
    pattern: [
      { name: 'subscription', meaning: 'Subscription id.', form: { kind: 'guid' } },
      {
        name: 'resourceGroup',
        meaning: 'Resource group; * stands for any run of characters.',
        form: OF_GROUP,
        otherwise: '*',
      },
      { name: 'factory', meaning: 'Data factory.', form: OF_FACTORY, otherwise: '*' },
      { name: 'name', meaning: 'Integration runtime.', form: OF_FACTORY, otherwise: '*' },
    ],
    dagSource: [
      {
        name: 'linkedService',
        meaning: 'Storage linked service of the factory.',
        form: { kind: 'text', longest: 260 },
      },
      {
        name: 'folderPath',
        meaning: 'container/folder that holds dags/.',
        form: { kind: 'text', longest: 1024 },
      },
    ],
    scope: `Data Factory's own application, by its id (${DATA_FACTORY_SCOPE}, the default) or by its URI (${DATA_FACTORY_URI_SCOPE})`,
  },
  parse: parseResourceId,
  resembles: (text) => /^\/?subscriptions\//i.test(text),
  pattern: ({ subscription = '*', resourceGroup = '*', factory = '*', name = '*' }) =>
    new ResourcePattern({ subscription, resourceGroup, factory, name }),
  readEvent,
  signIn,
  connect: async ({ cloud, identity }) => {
    const { DataFactoryRuntimes } = await import('./dataFactory.js');
    return new DataFactoryRuntimes(cloud, identity);
  },
};
