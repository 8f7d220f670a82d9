import { describe, expect, it } from 'vitest';
import { carriedUntil } from '../../../src/activities/carriedUntil.js';
import type { SuppliedCredential } from '../../../src/domain/settings/suppliedCredential.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { ActivityContext, OF_ATTIC } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';

const { clientId, secret } = OF_ATTIC.credential;
const END = '2027-01-01T00:00:00.000Z';
const MASKED: SuppliedCredential = { marker: 'key-9', clientId, clientSecret: { kind: 'unreadable' } };
const SHOWN: SuppliedCredential = {
  ...MASKED,
  clientSecret: { kind: 'readable', value: new Secret('nine') },
};

/** A context whose vault has the version that the runtime names, with an end. */
function withEnd(): ActivityContext {
  const context = new ActivityContext();
  context.graph.put(clientId, 'key-9', 'nine');
  context.vaults.put(secret, 'nine', { tags: { keyId: 'KEY-9' }, expiresOn: END });
  return context;
}

const until = async (context: ActivityContext, supplied: SuppliedCredential) =>
  carriedUntil(await context.deps.azure(), OF_ATTIC.credential, supplied);

describe('until when what a runtime has works', () => {
  it.each([
    { label: 'shown', supplied: SHOWN },
    { label: 'masked', supplied: MASKED },
  ])(
    'is its end where the value is $label, and no time at all where Entra refuses it',
    async ({ supplied }) => {
      const context = withEnd();
      expect(await until(context, supplied)).toBe(Date.parse(END));
      context.graph.application(clientId).keys.pop();

      expect(await until(context, supplied)).toBe(0);
    },
  );

  it.each<{ label: string; supplied: SuppliedCredential }>([
    { label: 'it has none of this application', supplied: { ...MASKED, clientId: 'another' } },
    { label: 'it names no principal', supplied: { marker: 'key-9', clientSecret: { kind: 'absent' } } },
    { label: 'the vault has no such version', supplied: { ...MASKED, marker: 'key-0' } },
    { label: 'its version has no end', supplied: { ...MASKED, marker: 'key-1' } },
  ])('is not known where $label', async ({ supplied }) => {
    expect(await until(withEnd(), supplied)).toBeUndefined();
  });

  it('is its end where Entra does not answer', async () => {
    const context = withEnd();
    context.entra.calls.faults.proveClientSecret = 'busy';

    expect(await until(context, MASKED)).toBe(Date.parse(END));
  });

  it('is to be asked for again where the vault is busy, and not known where it refuses', async () => {
    const context = withEnd();
    context.vaults.calls.faults.versions = 'busy';
    expect(await until(context, MASKED)).toMatchObject(RETRY);
    context.vaults.calls.faults.versions = 'forbidden';

    expect(await until(context, MASKED)).toBeUndefined();
  });
});
