import { describe, expectTypeOf, it } from 'vitest';
import type { Agreed } from '../../../src/config/agreed.js';
import type { InSeconds } from '../../../src/config/inSeconds.js';

/** The compiler decides these: they run only so that they are listed. */
describe('the types of the file and of the app', () => {
  interface App {
    readonly mode: 'observe' | 'enable';
    readonly readySeconds: number;
    readonly secrets?: readonly { readonly name: string }[];
  }
  type File = InSeconds<{ mode: 'observe' | 'enable'; readyMinutes: number; secrets?: { name: string }[] }>;

  it('agree where they differ in nothing but readonly', () => {
    expectTypeOf<Agreed<File, App>>().toEqualTypeOf<App>();
  });

  it('do not where one has a setting, a word or a value that the other has not', () => {
    expectTypeOf<Agreed<File & { more?: boolean }, App>>().toHaveProperty('theTypesDiffer');
    expectTypeOf<Agreed<File, App & { more?: boolean }>>().toHaveProperty('theTypesDiffer');
    expectTypeOf<Agreed<Omit<File, 'secrets'>, App>>().toHaveProperty('theTypesDiffer');
    expectTypeOf<Agreed<Omit<File, 'mode'> & { mode: 'observe' }, App>>().toHaveProperty('theTypesDiffer');
    expectTypeOf<Agreed<File, Omit<App, 'mode'> & { mode: 'observe' }>>().toHaveProperty('theTypesDiffer');
    expectTypeOf<Agreed<Omit<File, 'secrets'> & { secrets?: { name?: string }[] }, App>>().toHaveProperty(
      'theTypesDiffer',
    );
  });
});
