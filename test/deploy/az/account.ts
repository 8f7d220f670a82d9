import { DEPLOYER } from '../cloud/names.js';
import type { KnownSubscription, Scene } from '../scene.js';
import { AzError, type Given } from './arguments.js';
import type { Command } from './az.js';

export const ACCOUNT: Readonly<Record<string, Command>> = {
  'account show': {
    options: [],
    async run(given, scene) {
      const { id, tenantId } = subscriptionOf(given, scene);
      return {
        environmentName: 'AzureCloud',
        id,
        isDefault: id === scene.signIn.subscriptions[0]?.id,
        name: `Subscription ${id.slice(0, 4)}`,
        state: 'Enabled',
        tenantId,
        user: { name: DEPLOYER, type: 'user' },
      };
    },
  },
};

/** The subscription that a command works on: the one that it names, or the default. Throws as `az` does. */
export function subscriptionOf(given: Given, { signIn }: Scene): KnownSubscription {
  const [first] = signIn.subscriptions;
  if (first === undefined) throw new AzError("Please run 'az login' to setup account.");
  const named = given.option('--subscription');
  if (named === undefined) return first;
  const found = signIn.subscriptions.find(({ id }) => id === named);
  if (found === undefined) {
    throw new AzError(`Subscription '${named}' not found. Check the spelling and casing and try again.`);
  }
  return found;
}
