import { DEPLOYER } from '../cloud/names.js';
import type { KnownSubscription, RehearsalContext } from '../context.js';
import { AzError, type Given } from './arguments.js';
import type { Command } from './az.js';

export const ACCOUNT: Readonly<Record<string, Command>> = {
  'account show': {
    options: [],
    async run(given, context) {
      const { id, tenantId } = subscriptionOf(given, context);
      return {
        environmentName: 'AzureCloud',
        id,
        isDefault: id === context.signIn.subscriptions[0]?.id,
        name: `Subscription ${id.slice(0, 4)}`,
        state: 'Enabled',
        tenantId,
        user: { name: DEPLOYER, type: 'user' },
      };
    },
  },
};

/** The subscription that a command works on: the one that it names, or the default. Throws as `az` does. */
export function subscriptionOf(given: Given, { signIn }: RehearsalContext): KnownSubscription {
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
