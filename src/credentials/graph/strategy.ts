import { tagVersionCommand } from '../../domain/rotation/commands.js';
import type { RotationStrategy } from '../strategy.js';

/** The app adds client secrets to the application, with Microsoft Graph. */
export const GRAPH: RotationStrategy = {
  name: 'graph',
  meaning: 'the app mints the next credential',
  mints: true,
  listsKeys: true,
  // Of several keys that it may be the first end counts, which may be too early; of none, the end that somebody wrote.
  describeEnd({ secret }, { tagged, found, couldBe, secretVersion, expiresOn }) {
    if (tagged) return { status: 'ok' };
    if (found)
      return { status: 'ok', note: `it holds the key ${found.keyId}, by the beginning of its value` };
    const [keyId = '…'] = couldBe ?? [];
    return {
      status: 'unknown',
      note: couldBe
        ? `it does not say which key it holds; of ${couldBe.join(', ')} the first end counts`
        : 'it does not say which key it holds: only its own expiry counts',
      remedy: tagVersionCommand(secret, { secretVersion, keyId, endsOn: expiresOn ?? '…' }),
    };
  },
  connect: async (to) => (await import('./applicationKeys.js')).applicationKeys(to),
};
