import { describe, expect, it } from 'vitest';
import { deployWithOutputs } from './evaluate/deploy.js';
import { guid, uniqueString } from './evaluate/hash.js';
import { textOf } from './evaluate/values.js';

/** Texts of every length that the hash takes apart in another way, with what the compiler's engine made of them. */
const UNIQUE = {
  a: 'eveiun73364hy',
  ab: 'twldla3s3qb3q',
  abc: 'cgtzqvhu4i23s',
  abcd: '2vkzoblxv4fya',
  abcde: '5a3qs7ylzrs64',
  abcdef: 'rmkkamh3kazwq',
  abcdefg: 'logmp4qgzfm46',
  abcdefgh: 'q7ncvd5x2rx4e',
  'abcdefghé-ü': 'wlxyxle6yndaq',
};

describe("Resource Manager's names", () => {
  it.each(Object.entries(UNIQUE))('uniqueString of %s', (text, unique) => {
    expect(uniqueString(text.split('-'))).toBe(unique);
  });

  it('guid', () => {
    expect(guid(['a', 'bcd'])).toBe('2c5f6f64-2858-5610-8d4a-29b2ceb79956');
    expect(guid(['/subscriptions/x'])).toBe('8ee5b317-5873-5c09-b304-d38c97005691');
  });
});

it('a deployment has outputs, some of which only Azure knows', () => {
  const { outputs } = deployWithOutputs();

  expect(outputs).toMatchObject({
    AZURE_RESOURCE_GROUP: 'rg-prod',
    AIRLOCK_FUNCTION_APP: expect.stringMatching(/^func-airlock-[a-z2-7]{13}$/),
  });
  expect(textOf(outputs['AIRLOCK_PRINCIPAL_ID'] ?? null)).toMatch(
    /^<id-airlock-[a-z2-7]{13}\.properties\.principalId>$/,
  );
});
